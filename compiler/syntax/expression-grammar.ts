// The grammar of expressions and attach points, which items are made of (LANGUAGE §1). No actions.
import {
  type CstNode,
  CstParser,
  type IOrAlt,
  type IParserErrorMessageProvider,
  type ParserMethod,
  type TokenType,
} from "chevrotain";
import * as t from "./tokens.js";

export type Rule = ParserMethod<[], CstNode>;

/** Messages are diagnose.ts' business: the exception only names the one type of token that was wanted, if it was one. */
const wantedToken: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => expected.name,
  buildNotAllInputParsedMessage: () => "",
  buildNoViableAltMessage: () => "",
  buildEarlyExitMessage: () => "",
};

export class ExpressionParser extends CstParser {
  protected constructor(validate: boolean) {
    // One token decides everywhere but at `print @x = …`: the lexer has told keywords from names already.
    super(t.allTokens, {
      maxLookahead: 1,
      recoveryEnabled: false,
      skipValidations: !validate,
      nodeLocationTracking: "onlyOffset",
      errorMessageProvider: wantedToken,
    });
  }

  /** Alternatives of one token each, made once. */
  protected tokens(...types: readonly TokenType[]): IOrAlt<unknown>[] {
    return types.map((type) => ({ ALT: () => this.CONSUME(type) }));
  }

  protected readonly amounts = this.tokens(t.Int, t.OptionName);
  private readonly attachPoints = this.tokens(t.ProbeWord, t.OptionName);
  private readonly patterns = this.tokens(t.Regex, t.Text, t.OptionName);
  private readonly binaryOperators = this.tokens(t.BinaryOp, t.Minus, t.Slash, t.Percent);
  private readonly prefixes = this.tokens(t.Minus, t.PrefixOp);
  protected readonly literals = [t.Duration, t.Size, t.Text, t.Ip, t.Cidr, t.Mac];

  readonly attachList: Rule = this.RULE("attachList", () => {
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.attach) });
  });

  readonly attach: Rule = this.RULE("attach", () => {
    this.AT_LEAST_ONE_SEP({ SEP: t.Or, DEF: () => this.SUBRULE(this.attachPoint) });
  });

  readonly attachPoint: Rule = this.RULE("attachPoint", () => {
    this.OR(this.attachPoints);
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
    this.OR(this.patterns);
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
    this.OR(this.binaryOperators);
  });

  readonly unary: Rule = this.RULE("unary", () => {
    this.MANY(() => this.OR(this.prefixes));
    this.SUBRULE(this.primary);
  });

  private readonly primaries = [
    ...this.tokens(t.Int, ...this.literals, t.OptionName),
    { ALT: () => this.SUBRULE(this.path) },
    { ALT: () => this.SUBRULE(this.parenthesized) },
    { ALT: () => this.SUBRULE(this.stack) },
    { ALT: () => this.SUBRULE(this.pcap) },
    { ALT: () => this.SUBRULE(this.since) },
    { ALT: () => this.SUBRULE(this.cast) },
  ];

  readonly primary: Rule = this.RULE("primary", () => this.OR(this.primaries));

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
}
