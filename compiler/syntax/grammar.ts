// The grammar of LANGUAGE §1 over the lexer's tokens: one item at a time, no actions. In: tokens, out: a CST.
import { type CstNode, CstParser, type ParserMethod } from "chevrotain";
import * as t from "./tokens.js";

type Rule = ParserMethod<[], CstNode>;

export class ScriptParser extends CstParser {
  /** `validate` runs chevrotain's checks of the grammar itself (ambiguity, left recursion): for tests, it costs start-up time. */
  constructor(validate = false) {
    // One token decides everywhere but at `print @x = …`: the lexer has told keywords from names already.
    super(t.allTokens, {
      maxLookahead: 1,
      recoveryEnabled: false,
      skipValidations: !validate,
      nodeLocationTracking: "onlyOffset",
    });
    this.performSelfAnalysis();
  }

  readonly entry: Rule = this.RULE("entry", () => {
    this.SUBRULE(this.item);
    this.MANY(() => this.CONSUME(t.Semicolon));
  });

  readonly item: Rule = this.RULE("item", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.use) },
      { ALT: () => this.SUBRULE(this.optionDeclaration) },
      { ALT: () => this.SUBRULE(this.setting) },
      { ALT: () => this.SUBRULE(this.probe) },
      { ALT: () => this.SUBRULE(this.filter) },
      { ALT: () => this.SUBRULE(this.follow) },
      { ALT: () => this.SUBRULE(this.let) },
      { ALT: () => this.SUBRULE(this.on) },
      { ALT: () => this.SUBRULE(this.every) },
      { ALT: () => this.SUBRULE(this.begin) },
      { ALT: () => this.SUBRULE(this.end) },
    ]);
  });

  // ---- declarations ----------------------------------------------------------------------------------------------

  readonly use: Rule = this.RULE("use", () => {
    this.CONSUME(t.Use);
    this.CONSUME(t.Text);
  });

  readonly optionDeclaration: Rule = this.RULE("optionDeclaration", () => {
    this.CONSUME(t.Option);
    this.CONSUME(t.Word);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.optionType);
    this.OPTION(() => {
      this.CONSUME(t.Equals);
      this.SUBRULE(this.literal);
    });
    this.OPTION2(() => this.CONSUME(t.Text));
  });

  readonly optionType: Rule = this.RULE("optionType", () => {
    this.OR([
      { ALT: () => this.CONSUME(t.Word) },
      {
        ALT: () => {
          this.CONSUME(t.LeftBrace);
          this.CONSUME2(t.Word);
          this.CONSUME(t.RightBrace);
        },
      },
    ]);
    this.OPTION(() => this.CONSUME(t.Question));
  });

  readonly setting: Rule = this.RULE("setting", () => {
    this.CONSUME(t.Set_);
    this.CONSUME(t.Word);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.literal);
  });

  readonly probe: Rule = this.RULE("probe", () => {
    this.CONSUME(t.Probe);
    this.CONSUME(t.Word);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.attachList);
    this.OPTION(() => this.CONSUME(t.Text));
  });

  readonly filter: Rule = this.RULE("filter", () => {
    this.CONSUME(t.Filter);
    this.CONSUME(t.Word);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  readonly follow: Rule = this.RULE("follow", () => {
    this.CONSUME(t.Follow);
    this.SUBRULE(this.expression);
    this.OPTION(() => {
      this.CONSUME(t.At);
      this.SUBRULE(this.attachList);
    });
  });

  readonly let: Rule = this.RULE("let", () => {
    this.CONSUME(t.Let);
    this.CONSUME(t.Word);
    this.OPTION(() => {
      this.CONSUME(t.Equals);
      this.CONSUME(t.JavaScriptExpression);
    });
  });

  // ---- clauses ---------------------------------------------------------------------------------------------------

  readonly on: Rule = this.RULE("on", () => {
    this.CONSUME(t.On);
    this.SUBRULE(this.attachList);
    this.OPTION(() => {
      this.CONSUME(t.Where);
      this.SUBRULE(this.expression);
    });
    this.MANY(() => this.SUBRULE(this.modifier));
    this.SUBRULE(this.actions);
  });

  readonly every: Rule = this.RULE("every", () => {
    this.CONSUME(t.Every);
    this.OR([{ ALT: () => this.CONSUME(t.Duration) }, { ALT: () => this.CONSUME(t.OptionName) }]);
    this.SUBRULE(this.actions);
  });

  readonly begin: Rule = this.RULE("begin", () => {
    this.CONSUME(t.Begin);
    this.SUBRULE(this.actions);
  });

  readonly end: Rule = this.RULE("end", () => {
    this.CONSUME(t.End);
    this.SUBRULE(this.actions);
  });

  readonly attachList: Rule = this.RULE("attachList", () => {
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.attach) });
  });

  readonly attach: Rule = this.RULE("attach", () => {
    this.AT_LEAST_ONE_SEP({ SEP: t.Or, DEF: () => this.SUBRULE(this.attachPoint) });
  });

  readonly attachPoint: Rule = this.RULE("attachPoint", () => {
    this.OR([{ ALT: () => this.CONSUME(t.ProbeWord) }, { ALT: () => this.CONSUME(t.OptionName) }]);
  });

  readonly modifier: Rule = this.RULE("modifier", () => {
    this.OR([{ ALT: () => this.SUBRULE(this.sample) }, { ALT: () => this.SUBRULE(this.limit) }]);
  });

  readonly sample: Rule = this.RULE("sample", () => {
    this.CONSUME(t.Sample);
    this.SUBRULE(this.amount);
    this.CONSUME(t.Slash);
    this.SUBRULE2(this.amount);
    this.OPTION(() => {
      this.CONSUME(t.By);
      this.CONSUME(t.Word);
    });
  });

  readonly limit: Rule = this.RULE("limit", () => {
    this.CONSUME(t.Limit);
    this.SUBRULE(this.amount);
    this.OPTION(() => {
      this.CONSUME(t.Slash);
      this.CONSUME(t.Word);
    });
    this.OPTION2(() => {
      this.CONSUME(t.Per);
      this.SUBRULE(this.expressionList);
    });
  });

  readonly amount: Rule = this.RULE("amount", () => {
    this.OR([{ ALT: () => this.CONSUME(t.Int) }, { ALT: () => this.CONSUME(t.OptionName) }]);
  });

  // ---- actions ---------------------------------------------------------------------------------------------------

  readonly actions: Rule = this.RULE("actions", () => {
    this.AT_LEAST_ONE(() => {
      this.SUBRULE(this.action);
      this.MANY(() => this.CONSUME(t.Semicolon));
    });
  });

  readonly action: Rule = this.RULE("action", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.print) },
      { ALT: () => this.SUBRULE(this.aggregate) },
      { ALT: () => this.SUBRULE(this.clear) },
      { ALT: () => this.SUBRULE(this.remember) },
      { ALT: () => this.CONSUME(t.Save) },
      { ALT: () => this.CONSUME(t.Stop) },
      { ALT: () => this.CONSUME(t.JavaScriptBlock) },
    ]);
  });

  readonly print: Rule = this.RULE("print", () => {
    this.CONSUME(t.Print);
    this.OPTION({
      // `print @x = count()` is two actions.
      GATE: () => this.LA(1).tokenType !== t.AggregateMark || this.LA(2).tokenType !== t.Equals,
      DEF: () => this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.what) }),
    });
  });

  readonly what: Rule = this.RULE("what", () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.AggregateMark);
          this.OPTION(() => {
            this.CONSUME(t.Top);
            this.SUBRULE(this.amount);
          });
        },
      },
      { ALT: () => this.SUBRULE(this.expression) },
    ]);
  });

  readonly aggregate: Rule = this.RULE("aggregate", () => {
    this.OPTION(() => {
      this.CONSUME(t.AggregateMark);
      this.CONSUME(t.Equals);
    });
    this.CONSUME(t.AggregateWord);
    this.OPTION2(() => {
      this.CONSUME(t.LeftParen);
      this.OPTION3(() => this.SUBRULE(this.expressionList));
      this.CONSUME(t.RightParen);
    });
    this.OPTION4(() => {
      this.CONSUME(t.By);
      this.SUBRULE2(this.expressionList);
    });
  });

  readonly clear: Rule = this.RULE("clear", () => {
    this.CONSUME(t.Clear);
    this.CONSUME(t.AggregateMark);
  });

  readonly remember: Rule = this.RULE("remember", () => {
    this.CONSUME(t.Remember);
    this.OPTION(() => this.SUBRULE(this.amount));
  });

  // ---- expressions -----------------------------------------------------------------------------------------------

  readonly expressionList: Rule = this.RULE("expressionList", () => {
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.expression) });
  });

  readonly expression: Rule = this.RULE("expression", () => {
    this.AT_LEAST_ONE_SEP({ SEP: t.Or, DEF: () => this.SUBRULE(this.conjunction) });
  });

  readonly conjunction: Rule = this.RULE("conjunction", () => {
    this.AT_LEAST_ONE_SEP({ SEP: t.And, DEF: () => this.SUBRULE(this.comparison) });
  });

  readonly comparison: Rule = this.RULE("comparison", () => {
    this.MANY(() => this.CONSUME(t.Not));
    this.SUBRULE(this.bits);
    this.OPTION(() =>
      this.OR([
        {
          ALT: () => {
            this.CONSUME(t.CompareOp);
            this.SUBRULE2(this.bits);
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.Matches);
            this.SUBRULE(this.pattern);
          },
        },
        { ALT: () => this.SUBRULE(this.membership) },
      ]),
    );
  });

  readonly pattern: Rule = this.RULE("pattern", () => {
    this.OR([
      { ALT: () => this.CONSUME(t.Regex) },
      { ALT: () => this.CONSUME(t.Text) },
      { ALT: () => this.CONSUME(t.OptionName) },
    ]);
  });

  readonly membership: Rule = this.RULE("membership", () => {
    this.OPTION(() => this.CONSUME(t.Not));
    this.CONSUME(t.MembershipWord);
    this.OR([{ ALT: () => this.SUBRULE(this.set) }, { ALT: () => this.SUBRULE(this.bits) }]);
  });

  /** Operands and operators in a row; the visitor applies precedence, which keeps the CST flat. */
  readonly bits: Rule = this.RULE("bits", () => {
    this.SUBRULE(this.unary);
    this.MANY(() => {
      this.SUBRULE(this.binaryOperator);
      this.SUBRULE2(this.unary);
    });
  });

  readonly binaryOperator: Rule = this.RULE("binaryOperator", () => {
    this.OR([
      { ALT: () => this.CONSUME(t.BinaryOp) },
      { ALT: () => this.CONSUME(t.Minus) },
      { ALT: () => this.CONSUME(t.Slash) },
      { ALT: () => this.CONSUME(t.Percent) },
    ]);
  });

  readonly unary: Rule = this.RULE("unary", () => {
    this.MANY(() => this.OR([{ ALT: () => this.CONSUME(t.Minus) }, { ALT: () => this.CONSUME(t.PrefixOp) }]));
    this.SUBRULE(this.primary);
  });

  readonly primary: Rule = this.RULE("primary", () => {
    this.OR([
      { ALT: () => this.CONSUME(t.Int) },
      { ALT: () => this.CONSUME(t.Duration) },
      { ALT: () => this.CONSUME(t.Size) },
      { ALT: () => this.CONSUME(t.Text) },
      { ALT: () => this.CONSUME(t.Ip) },
      { ALT: () => this.CONSUME(t.Cidr) },
      { ALT: () => this.CONSUME(t.Mac) },
      { ALT: () => this.CONSUME(t.OptionName) },
      { ALT: () => this.SUBRULE(this.path) },
      { ALT: () => this.SUBRULE(this.parenthesized) },
      { ALT: () => this.SUBRULE(this.stack) },
      { ALT: () => this.SUBRULE(this.pcap) },
      { ALT: () => this.SUBRULE(this.since) },
      { ALT: () => this.SUBRULE(this.cast) },
    ]);
  });

  readonly path: Rule = this.RULE("path", () => {
    this.CONSUME(t.Word);
    this.SUBRULE(this.tail);
  });

  readonly tail: Rule = this.RULE("tail", () => {
    this.MANY(() => this.SUBRULE(this.step));
  });

  readonly step: Rule = this.RULE("step", () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.Dot);
          this.CONSUME(t.Word);
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.LeftBracket);
          this.SUBRULE(this.expression);
          this.CONSUME(t.RightBracket);
        },
      },
    ]);
  });

  readonly parenthesized: Rule = this.RULE("parenthesized", () => {
    this.CONSUME(t.LeftParen);
    this.SUBRULE(this.expression);
    this.CONSUME(t.RightParen);
  });

  readonly stack: Rule = this.RULE("stack", () => {
    this.CONSUME(t.Stack);
    this.CONSUME(t.LeftParen);
    this.CONSUME(t.Int);
    this.CONSUME(t.RightParen);
  });

  readonly pcap: Rule = this.RULE("pcap", () => {
    this.CONSUME(t.Pcap);
    this.CONSUME(t.Text);
  });

  readonly since: Rule = this.RULE("since", () => {
    this.CONSUME(t.Since);
    this.CONSUME(t.LeftParen);
    this.SUBRULE(this.attachList);
    this.OPTION(() => {
      this.CONSUME(t.By);
      this.SUBRULE(this.expression);
    });
    this.CONSUME(t.RightParen);
  });

  readonly cast: Rule = this.RULE("cast", () => {
    this.CONSUME(t.Cast);
    this.CONSUME(t.LeftParen);
    this.SUBRULE(this.expression);
    this.CONSUME(t.Comma);
    this.CONSUME(t.Word);
    this.CONSUME(t.RightParen);
    this.SUBRULE(this.tail);
  });

  readonly set: Rule = this.RULE("set", () => {
    this.CONSUME(t.LeftBrace);
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.element) });
    this.CONSUME(t.RightBrace);
  });

  readonly element: Rule = this.RULE("element", () => {
    this.SUBRULE(this.bits);
    this.OPTION(() => {
      this.CONSUME(t.DotDot);
      this.SUBRULE2(this.bits);
    });
  });

  /** The value of an `option` or `set`. */
  readonly literal: Rule = this.RULE("literal", () => {
    this.OR([
      {
        ALT: () => {
          this.OPTION(() => this.CONSUME(t.Minus));
          this.CONSUME(t.Int);
          this.OPTION2(() => this.CONSUME(t.Percent));
        },
      },
      { ALT: () => this.CONSUME(t.Duration) },
      { ALT: () => this.CONSUME(t.Size) },
      { ALT: () => this.CONSUME(t.Text) },
      { ALT: () => this.CONSUME(t.Ip) },
      { ALT: () => this.CONSUME(t.Cidr) },
      { ALT: () => this.CONSUME(t.Mac) },
      { ALT: () => this.CONSUME(t.Word) },
      { ALT: () => this.SUBRULE(this.set) },
    ]);
  });
}
