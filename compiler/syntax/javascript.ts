// What the syntax stage asks of a JavaScript parser, and acorn's answers. The only file that knows acorn here.
import { type Expression, type Options, parse, parseExpressionAt } from "acorn";

/** What is wrong with a piece of JavaScript; offsets are those of the text given. */
export interface JavaScriptProblem {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

export interface JavaScriptSyntax {
  /** What is wrong with the body of a handler; null when nothing is. */
  readonly checkBody: (body: string) => JavaScriptProblem | null;
  /** Reads the one assignment expression that begins at or after `start`: where it ends, or what is wrong with it. */
  readonly readExpression: (text: string, start: number) => { readonly end: number } | JavaScriptProblem;
}

// A handler is the body of a function in the generated module: `return` is fine, `import` is not.
const options: Options = {
  ecmaVersion: 2023,
  sourceType: "script",
  allowReturnOutsideFunction: true,
  preserveParens: true,
};

export const acornSyntax: JavaScriptSyntax = {
  checkBody(body) {
    try {
      parse(body, options);
      return null;
    } catch (error) {
      return problemOf(error, body, 0);
    }
  },
  readExpression(text, start) {
    try {
      return { end: firstOf(parseExpressionAt(text, start, options)).end };
    } catch (error) {
      const problem = problemOf(error, text, start);
      // acorn reads one token past the expression, and that one is the script's: try without it.
      const upTo = text.slice(0, problem.start);
      try {
        return { end: firstOf(parseExpressionAt(upTo, start, options)).end };
      } catch {
        return problem;
      }
    }
  },
};

const firstOf = (expression: Expression): Expression =>
  expression.type === "SequenceExpression" ? (expression.expressions[0] ?? expression) : expression;

function problemOf(error: unknown, text: string, start: number): JavaScriptProblem {
  // Deeply nested text exhausts the stack of a recursive parser, acorn's too.
  if (error instanceof RangeError) return { message: "too deeply nested", start, end: start + 1 };
  if (!(error instanceof SyntaxError)) throw error;
  const { pos, raisedAt } = error as SyntaxError & { readonly pos?: number; readonly raisedAt?: number };
  const from = pos ?? start;
  // acorn appends its own line and column, which are the body's and not the script's.
  const message = error.message.replace(/ \(\d+:\d+\)$/, "");
  return {
    message: message.charAt(0).toLowerCase() + message.slice(1),
    start: from,
    end: Math.min(Math.max(raisedAt ?? 0, from + 1), text.length),
  };
}
