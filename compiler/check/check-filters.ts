// `filter NAME = …`: each is a test, and none may need itself.
import * as catalog from "../source/catalog/check.js";
import type { Expr, FilterDecl } from "../syntax/ast.js";
import type { ExpressionChecker } from "./check-types.js";

/** False when a filter needs itself. */
export function checkFilters(filters: readonly FilterDecl[], checker: ExpressionChecker): boolean {
  for (const filter of filters) checker.test(filter.value);
  const done = new Set<FilterDecl>();
  let sound = true;
  for (const filter of filters) sound = !findCycle(filter, [], done, checker) && sound;
  return sound;
}

/** Whether there is one among what the filter needs; each is reported once. */
function findCycle(
  filter: FilterDecl,
  open: readonly FilterDecl[],
  done: Set<FilterDecl>,
  checker: ExpressionChecker,
): boolean {
  const at = open.indexOf(filter);
  if (at >= 0) {
    const circle = open.slice(at);
    checker.report(
      catalog.cycle(
        filter.name.span,
        "filter",
        [...circle, filter].map((one) => one.name.text),
        circle.slice(1).map((one) => one.name.span),
      ),
    );
    return true;
  }
  if (done.has(filter)) return false;
  let found = false;
  for (const used of filtersIn(filter.value, checker))
    found = findCycle(used, [...open, filter], done, checker) || found;
  done.add(filter);
  return found;
}

/** Filters that an expression names. They are tests, and so stand among tests only. */
function filtersIn(expr: Expr, checker: ExpressionChecker): readonly FilterDecl[] {
  switch (expr.kind) {
    case "path": {
      const reference = checker.references.get(expr);
      return reference?.kind === "filter" ? [reference.filter] : [];
    }
    case "parenthesized":
      return filtersIn(expr.inner, checker);
    case "logical":
      return expr.operands.flatMap((operand) => filtersIn(operand, checker));
    case "not":
    case "prefix":
      return filtersIn(expr.operand, checker);
    case "compare":
      return [...filtersIn(expr.left, checker), ...filtersIn(expr.right, checker)];
    default:
      return [];
  }
}
