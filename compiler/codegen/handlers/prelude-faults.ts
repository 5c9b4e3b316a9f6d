// JavaScript of the sandbox's module: what becomes of exceptions and of too much output, and how the host takes what
// there is.
import { CONTROL } from "./handler-module.js";
import { OUTPUT } from "./output-limits.js";

export const FAULTS = `
let rts$faults = rts$newMap(), rts$faultList = rts$without([]), rts$faultCount = 0;
const rts$losses = rts$without([]);
const rts$cut = (text, length) => rts$apply(rts$slice, text, [0, length]);
// True: memory is exhausted and this sandbox spent.
function rts$fault(thrown) {
  let message, stack = "";
  try {
    if (rts$isOutOfMemory(thrown)) { rts$control[${CONTROL.exhausted}] = 1; return true; }
    const object = (typeof thrown === "object" && thrown !== null) || typeof thrown === "function";
    if (object) stack = rts$cut(rts$String(thrown.stack), 2000);
    message = rts$cut(thrown instanceof rts$Error ? rts$String(thrown) : "threw " + rts$describe(thrown), 500);
  } catch {
    message = "threw a value that cannot be shown";
  }
  const key = rts$h + " " + message + " " + stack;
  let fault = rts$faults.get(key);
  if (fault === undefined) {
    if (rts$faultCount >= ${OUTPUT.faults}) return false;
    fault = { handler: rts$h, message, stack, count: 0 };
    rts$faults.set(key, fault);
    rts$faultList[rts$faultCount++] = fault;
  }
  fault.count++;
  return false;
}
function rts$describe(value) {
  if (typeof value === "string") return value;
  const scalar = rts$scalar(value);
  return scalar instanceof rts$Json ? scalar.text : rts$String(scalar);
}
function rts$isOutOfMemory(thrown) {
  if (thrown === null) {
    // Not even the exception could be made; or the script threw null.
    try { new rts$Buffer(1 << 20); return false; } catch { return true; }
  }
  return typeof thrown === "object" && rts$prototypeOf(thrown) === rts$outOfMemory && thrown.message === "out of memory";
}
function rts$settle() {
  rts$losses[rts$h] = (rts$losses[rts$h] ?? 0) + rts$lost;
  rts$lost = 0;
}
// After an item whose output is full, was cut, or that stopped the trace: what \`run\` returns, -1 to go on.
function rts$after(item, count) {
  if (rts$lost > 0) rts$settle();
  // What else this event brings still happens.
  if (rts$stopped) {
    if (item + 1 < count && rts$selection[item * 2 + 2] === rts$selection[item * 2]) return -1;
    rts$control[${CONTROL.stopped}] = 1;
    return count;
  }
  rts$special = false;
  return rts$done > ${OUTPUT.pauseAt} || rts$textLength > ${OUTPUT.pauseAtText} ? item + 1 : -1;
}
// The text of the records so far; how many numbers there are is in the control block.
function rts$flush() {
  rts$control[${CONTROL.written}] = rts$done;
  const text = rts$apply(rts$join, rts$texts, [""]);
  rts$texts = rts$without([]);
  rts$textCount = rts$textLength = rts$done = rts$n = 0;
  // The host reads a C string: no NUL, and no half of a surrogate pair, which would change its length.
  const sound = rts$apply(rts$includes, text, ["\\0"]) ? rts$apply(rts$replaceAll, text, ["\\0", "\\ufffd"]) : text;
  return rts$apply(rts$wellFormed, sound, []);
}
// What went wrong since the last report, as JSON: kind, handler, count, message, stack; "" for nothing.
function rts$report() {
  if (rts$lost > 0) rts$settle();
  const list = rts$without([]);
  for (let i = 0; i < rts$faultCount; i++) {
    const { handler, count, message, stack } = rts$faultList[i];
    list[list.length] = rts$without(["exception", handler, count, message, stack]);
  }
  for (let i = 0; i < rts$losses.length; i++) {
    if (rts$losses[i] > 0) list[list.length] = rts$without(["output", i, rts$losses[i], "", ""]);
    rts$losses[i] = 0;
  }
  if (list.length === 0) return "";
  rts$faults.clear();
  rts$faultList = rts$without([]);
  rts$faultCount = 0;
  return rts$stringify(list);
}
let rts$subjects = rts$without([]);
function rts$subject(text) { rts$subjects = rts$without(rts$parse(text)); }
function rts$match(pattern, from) {
  const expression = rts$patterns[pattern];
  for (let i = from; i < rts$subjects.length; i++) {
    rts$control[${CONTROL.item}] = i;
    rts$out[i] = rts$try(expression, rts$subjects[i]) ? 1 : 0;
  }
}
`;
