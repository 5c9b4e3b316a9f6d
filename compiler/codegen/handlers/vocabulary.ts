// The words that handlers share with every script: functions of the language, JavaScript's globals that the sandbox has,
// and those that people will look for and not find.

/** By the name in a script: the function of the prelude. */
export const functionsOfTheScript: ReadonlyMap<string, string> = new Map([
  ["print", "rts$print"],
  ["printf", "rts$printf"],
  ["emit", "rts$emit"],
  ["stop", "rts$stop"],
]);

const COUNT_IN_LET = "count in a Map that a `let` variable holds, and print it in `end` or `every`";

/** Of the language, but not of this version: what to do instead. */
export const notYet: ReadonlyMap<string, string> = new Map([
  ["count", COUNT_IN_LET],
  ["hist", COUNT_IN_LET],
  ["sum", COUNT_IN_LET],
  ["maps", "keep a Map in a `let` variable"],
  ["since", "keep the time of the earlier event in a `let` variable: `time` is a BigInt of ns"],
]);

export const globals: ReadonlySet<string> = new Set([
  ..."AggregateError Array ArrayBuffer BigInt BigInt64Array BigUint64Array Boolean DataView Date Error EvalError".split(
    " ",
  ),
  ..."Float32Array Float64Array Infinity Int16Array Int32Array Int8Array InternalError Iterator JSON Map Math NaN".split(
    " ",
  ),
  ..."Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set String Symbol SyntaxError".split(
    " ",
  ),
  ..."TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet".split(
    " ",
  ),
  ..."FinalizationRegistry decodeURI decodeURIComponent encodeURI encodeURIComponent globalThis isFinite".split(
    " ",
  ),
  ..."isNaN parseFloat parseInt undefined escape unescape".split(" "),
]);

const NO_CODE = "write the code in the handler itself";
const NO_TIMERS = "`every 1s { … }` runs at intervals";
const NO_IMPORTS = '`use "FILE"` brings declarations of another script';

/** What JavaScript has elsewhere: what to do instead. */
export const missing: ReadonlyMap<string, string> = new Map([
  ["console", "`print(…)` writes a line"],
  ["eval", NO_CODE],
  ["Function", NO_CODE],
  ["require", NO_IMPORTS],
  ["import", NO_IMPORTS],
  ["setTimeout", NO_TIMERS],
  ["setInterval", NO_TIMERS],
  ["process", "options of the script are `$NAME`"],
  ["performance", "`time` is the event's, in ns"],
  ["fetch", "`emit({ … })` hands records to another program"],
  ["SharedArrayBuffer", "share values in `let` variables"],
  ["Atomics", "handlers never run at the same time"],
  ["Worker", "handlers never run at the same time"],
  ["arguments", "an event's fields have names"],
  ["this", "an event's fields have names"],
]);
