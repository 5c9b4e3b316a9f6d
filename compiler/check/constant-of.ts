// Numbers that are known when the script is compiled: literals, options of this run, arithmetic on them.
import type { Expr, Path } from "../syntax/ast.js";
import type { OptionValue, Reference } from "./checked.js";
import { withoutParentheses } from "./operand.js";

/** Null: not known, or absent. */
export function constantOf(
  expr: Expr,
  references: ReadonlyMap<Path, Reference>,
  option: (name: string) => OptionValue | null,
): bigint | null {
  const inner = withoutParentheses(expr);
  switch (inner.kind) {
    case "int":
      return inner.value;
    case "size":
      return inner.bytes;
    case "duration":
      return inner.nanoseconds;
    case "option-ref": {
      const value = option(inner.name);
      return value === null ? null : constantOf(value, references, option);
    }
    case "prefix": {
      const operand = constantOf(inner.operand, references, option);
      if (operand === null || inner.op === "!") return null;
      return inner.op === "-" ? -operand : ~operand;
    }
    case "arithmetic":
      return fold(
        inner.op,
        constantOf(inner.left, references, option),
        constantOf(inner.right, references, option),
      );
    case "path": {
      const reference = references.get(inner);
      if (reference?.kind === "member") return reference.value;
      return reference === undefined ? truth(inner) : null;
    }
    default:
      return null;
  }
}

const truth = (path: Path): bigint | null =>
  path.head.text === "true" ? 1n : path.head.text === "false" ? 0n : null;

const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);

/** 64-bit, as both verdicts compute. */
function fold(op: string, left: bigint | null, right: bigint | null): bigint | null {
  if (left === null || right === null) return null;
  switch (op) {
    case "+":
      return wrap(left + right);
    case "-":
      return wrap(left - right);
    case "*":
      return wrap(left * right);
    case "/":
      return right === 0n ? null : wrap(left / right);
    case "%":
      return right === 0n ? null : wrap(left % right);
    case "&":
      return wrap(left & right);
    case "|":
      return wrap(left | right);
    case "^":
      return wrap(left ^ right);
    case "<<":
      return wrap(left << (right & 63n));
    case ">>":
      return wrap(left >> (right & 63n));
    default:
      return null;
  }
}
