// The grammar of LANGUAGE §1 over the lexer's tokens: one item at a time, no actions. In: tokens, out: a CST.
// Its expressions stand in expression-grammar.ts.
import { ExpressionParser, type Rule } from "./expression-grammar.js";
import * as t from "./tokens.js";

export class ScriptParser extends ExpressionParser {
  /** `validate` runs chevrotain's checks of the grammar itself (ambiguity, left recursion): for tests, they cost start-up time. */
  constructor(validate = false) {
    super(validate);
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
      ...this.tokens(...this.literals, t.Word),
      { ALT: () => this.SUBRULE(this.set) },
    ]);
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
    this.OR(this.amounts);
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
}
