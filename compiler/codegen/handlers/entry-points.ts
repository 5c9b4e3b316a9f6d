// The end of the module: the loop over a batch that calls the right handler for each item, and what the host calls.
import { CONTROL, type Handler, type Pattern } from "./handler-module.js";

const call = (id: number, text: string): string =>
  `rts$h = ${id}; try { ${text} } catch (e) { if (rts$fault(e)) return -1; }`;

/** Handlers of one clause, in order. The host learns which of several was running; of one it knows. */
function clauseCase(clause: number, ids: readonly number[]): string {
  const [first] = ids;
  if (ids.length === 1 && first !== undefined) {
    return `case ${clause}: ${call(first, `rts$handler${first}(o);`)} break;`;
  }
  const calls = ids.map((id) => {
    const one = `rts$control[${CONTROL.handler}] = ${id}; ${call(id, `rts$handler${id}(o);`)} if (rts$lost > 0) rts$settle();`;
    return `if (skip < ${id}) { ${one} }`;
  });
  return `case ${clause}: ${calls.join(" ")} rts$control[${CONTROL.handler}] = skip = -1; break;`;
}

export function entryPoints(handlers: readonly Handler[], patterns: readonly Pattern[]): string {
  const clauses = new Map<number, number[]>();
  const timed: string[] = [];
  const lets: string[] = [];
  handlers.forEach((handler, id) => {
    switch (handler.kind) {
      case "event":
        clauses.set(handler.clause, [...(clauses.get(handler.clause) ?? []), id]);
        break;
      case "timed":
        timed.push(`case ${id}: ${call(id, `rts$handler${id}();`)} break;`);
        break;
      case "let":
        lets.push(`case ${id}: ${call(id, `${handler.name} = rts$handler${id}();`)} break;`);
        break;
    }
  });
  const expressions = patterns.map(({ source, flags }) => {
    // A position kept from one test to the next has no meaning here.
    return `new rts$RegExp(${JSON.stringify(source)}, ${JSON.stringify(flags.replace(/[gy]/g, ""))})`;
  });
  return `
const rts$patterns = rts$without([${expressions.join(", ")}]);
// Items from \`from\` on, handlers above \`skip\` of the first; returns the item to go on with, -1 when memory is exhausted.
function rts$run(from, skip, count) {
  const items = rts$selection, control = rts$control;
  for (let i = from; i < count; i++) {
    const o = items[i * 2];
    rts$item = control[${CONTROL.item}] = i;
    switch (items[i * 2 + 1]) {
      ${[...clauses].map(([clause, ids]) => clauseCase(clause, ids)).join("\n      ")}
    }
    if (rts$special) {
      const next = rts$after(i, count);
      if (next >= 0) return next;
    }
  }
  return count;
}
// A timed handler or an initializer, at a moment given in two halves.
function rts$runTimed(id, high, low) {
  rts$item = -1;
  rts$now = BigInt(high) << 32n | BigInt(low);
  rts$control[${CONTROL.handler}] = id;
  switch (id) {
    ${[...timed, ...lets].join("\n    ")}
  }
  rts$control[${CONTROL.handler}] = -1;
  if (rts$stopped) rts$control[${CONTROL.stopped}] = 1;
  return 0;
}
return { attach: rts$attach, run: rts$run, runTimed: rts$runTimed, flush: rts$flush, report: rts$report, learn: rts$learn, subject: rts$subject, match: rts$match };
`;
}
