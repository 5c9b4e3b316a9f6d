// Prints the syntax tree for `retis dump ast`: one node a line, children indented, spans as line:column.
import { assertNever } from "../source/assert-never.js";
import type { Span } from "../source/diagnostic.js";
import { placeOf } from "../source/lines.js";
import type {
  Action,
  Attach,
  Expr,
  IntLiteral,
  Item,
  JavaScriptText,
  Modifier,
  OptionRef,
  PathStep,
  Script,
  SetElement,
  What,
} from "./ast.js";
import { printAttachPoint, printExpression } from "./print-expression.js";

/** A line of the dump and what stands under it. */
interface Line {
  readonly text: string;
  readonly span: Span;
  readonly children: readonly Line[];
}

/** Ends with a line end; the same for every script that differs in white space and comments only, but for the places. */
export function dumpScript(script: Script): string {
  const lines = [`script ${script.source.name}`];
  for (const text of script.doc?.split("\n") ?? []) lines.push(`  doc ${JSON.stringify(text)}`);
  const write = (line: Line, depth: number): void => {
    lines.push(`${"  ".repeat(depth)}${line.text}  ${places(line.span)}`);
    for (const child of line.children) write(child, depth + 1);
  };
  for (const item of script.items) write(dumpItem(item), 1);
  return `${lines.join("\n")}\n`;
}

const places = ({ source, start, end }: Span): string => {
  const from = placeOf(source, start);
  const to = placeOf(source, end);
  return `${from.line}:${from.column}-${to.line}:${to.column}`;
};

const line = (text: string, span: Span, ...children: readonly (Line | readonly Line[] | null)[]): Line => ({
  text,
  span,
  children: children.flat().filter((child) => child !== null),
});

/** The same line with a word before it that says what it is for. */
const labelled = (label: string, { text, ...rest }: Line): Line => ({ ...rest, text: `${label}: ${text}` });

const described = (text: string | null): string => (text === null ? "" : ` ${JSON.stringify(text)}`);

// ---- items ---------------------------------------------------------------------------------------------------------

function dumpItem(item: Item): Line {
  const { span } = item;
  switch (item.kind) {
    case "use":
      return line(`use ${JSON.stringify(item.path.value)}`, span);
    case "option": {
      const { name, type, description } = item;
      const base = type.set ? `{${type.base.text}}` : type.base.text;
      const head = `option ${name.text}: ${base}${type.optional ? "?" : ""}${described(description)}`;
      return line(
        head,
        span,
        item.default === null ? null : labelled("default", dumpExpression(item.default)),
      );
    }
    case "set":
      return line(`set ${item.name.text}`, span, dumpExpression(item.value));
    case "probe":
      return line(`probe ${item.name.text}${described(item.description)}`, span, item.attach.map(dumpAttach));
    case "filter":
      return line(`filter ${item.name.text}`, span, dumpExpression(item.value));
    case "follow":
      return line("follow", span, dumpExpression(item.value), item.at.map(dumpAttach));
    case "let":
      return line(`let ${item.name.text}`, span, item.value === null ? null : dumpJavaScript(item.value));
    case "on":
      return line(
        "on",
        span,
        item.attach.map(dumpAttach),
        item.where === null ? null : labelled("where", dumpExpression(item.where)),
        item.modifiers.map(dumpModifier),
        item.actions.map(dumpAction),
      );
    case "every":
      return line(`every ${printExpression(item.period)}`, span, item.actions.map(dumpAction));
    case "begin":
    case "end":
      return line(item.kind, span, item.actions.map(dumpAction));
    default:
      return assertNever(item);
  }
}

const dumpAttach = ({ alternatives, span }: Attach): Line => {
  const [only] = alternatives;
  if (alternatives.length === 1 && only !== undefined) return line(`attach ${printAttachPoint(only)}`, span);
  const each = alternatives.map((point) => line(printAttachPoint(point), point.span));
  return line("attach to the first of", span, each);
};

const dumpJavaScript = ({ text, span }: JavaScriptText): Line => {
  const [first = "", ...more] = text.trim().split("\n");
  return line(`javascript ${JSON.stringify(more.length === 0 ? first : `${first.trimEnd()} …`)}`, span);
};

const amount = (value: IntLiteral | OptionRef): string => printExpression(value);

function dumpModifier(modifier: Modifier): Line {
  const { span } = modifier;
  switch (modifier.kind) {
    case "sample": {
      const { numerator, denominator, byFlow } = modifier;
      return line(`sample ${amount(numerator)}/${amount(denominator)}${byFlow ? " by flow" : ""}`, span);
    }
    case "limit": {
      const { count, per, keys } = modifier;
      const rate = per === null ? "" : `/${per}`;
      return line(
        `limit ${amount(count)}${rate}`,
        span,
        keys.map((key) => labelled("per", dumpExpression(key))),
      );
    }
    default:
      return assertNever(modifier);
  }
}

// ---- actions -------------------------------------------------------------------------------------------------------

function dumpAction(action: Action): Line {
  const { span } = action;
  switch (action.kind) {
    case "print":
      return line("print", span, action.what.map(dumpWhat));
    case "aggregate": {
      const name = action.name === null ? "" : `@${action.name.text} = `;
      const keys = action.by.map((key) => labelled("by", dumpExpression(key)));
      return line(`${name}${action.function}`, span, action.arguments.map(dumpExpression), keys);
    }
    case "clear":
      return line(`clear @${action.aggregate.text}`, span);
    case "remember":
      return line(`remember${action.count === null ? "" : ` ${amount(action.count)}`}`, span);
    case "save":
    case "stop":
      return line(action.kind, span);
    case "javascript":
      return line("{}", span, dumpJavaScript(action.body));
    default:
      return assertNever(action);
  }
}

function dumpWhat(what: What): Line {
  switch (what.kind) {
    case "expression":
      return dumpExpression(what.value);
    case "journey":
      return line("journey", what.span);
    case "aggregate": {
      const top = what.top === null ? "" : ` top ${amount(what.top)}`;
      return line(`@${what.name.text}${top}`, what.span);
    }
    default:
      return assertNever(what);
  }
}

// ---- expressions ---------------------------------------------------------------------------------------------------

function dumpExpression(expr: Expr): Line {
  const { span } = expr;
  switch (expr.kind) {
    case "logical":
      return line(expr.op, span, expr.operands.map(dumpExpression));
    case "not":
      return line("not", span, dumpExpression(expr.operand));
    case "compare":
    case "arithmetic":
      return line(expr.op, span, dumpExpression(expr.left), dumpExpression(expr.right));
    case "membership": {
      const op = expr.negated ? `not ${expr.op}` : expr.op;
      return line(op, span, dumpExpression(expr.left), dumpExpression(expr.right));
    }
    case "matches":
      return line("matches", span, dumpExpression(expr.left), dumpExpression(expr.pattern));
    case "prefix":
      return line(`prefix ${expr.op}`, span, dumpExpression(expr.operand));
    case "parenthesized":
      return line("()", span, dumpExpression(expr.inner));
    case "set-literal":
      return line("set", span, expr.elements.map(dumpElement));
    case "path":
      return line(`path ${printExpression(expr)}`, span, expr.tail.flatMap(dumpIndex));
    case "since":
      return line(
        "since",
        span,
        expr.attach.map(dumpAttach),
        expr.by === null ? null : labelled("by", dumpExpression(expr.by)),
      );
    case "cast":
      return line(`cast to ${expr.type.text}`, span, dumpExpression(expr.operand), expr.tail.map(dumpStep));
    case "int":
    case "percent":
    case "duration":
    case "size":
    case "string":
    case "ip":
    case "cidr":
    case "mac":
    case "name":
    case "regex":
    case "option-ref":
    case "stack-call":
    case "pcap":
      return line(`${expr.kind} ${printExpression(expr)}`, span);
    default:
      return assertNever(expr);
  }
}

const dumpElement = ({ from, to, span }: SetElement): Line =>
  to === null ? dumpExpression(from) : line("..", span, dumpExpression(from), dumpExpression(to));

/** Indexes are expressions and have lines; members stand in the path's own. */
const dumpIndex = (step: PathStep): Line | readonly Line[] =>
  step.kind === "index" ? labelled("index", dumpExpression(step.index)) : [];

const dumpStep = (step: PathStep): Line =>
  step.kind === "index"
    ? labelled("index", dumpExpression(step.index))
    : line(`.${step.name.text}`, step.name.span);
