// The sandbox's own JavaScript, in front of the script's: views of the batch, values as handlers see them, the functions
// `print`, `printf`, `emit` and `stop`, and how records are written. The script can change every built-in object, so
// whatever this needs later is taken now; its own arrays and maps do not look at prototypes.
import { BIGINT_MARK, CONTROL, FORMAT, TAG } from "./handler-module.js";
import { OUTPUT } from "./output-limits.js";

/** Takes away what runs text as code or moves memory; pins the clock and chance to the event and the run. */
const LOCKDOWN = `
const rts$define = Object.defineProperty, rts$apply = Reflect.apply, rts$construct = Reflect.construct;
const rts$freeze = Object.freeze, rts$prototypeOf = Object.getPrototypeOf, rts$without = (array) => Object.setPrototypeOf(array, null);
const rts$asIntN = BigInt.asIntN, rts$asUintN = BigInt.asUintN, rts$min = Math.min, rts$floor = Math.floor;
const rts$String = String, rts$Map = Map, rts$Set = Set, rts$Error = Error, rts$isArray = Array.isArray;
const rts$stringify = JSON.stringify, rts$parse = JSON.parse, rts$fromCode = String.fromCharCode, rts$fromPoint = String.fromCodePoint;
const rts$join = Array.prototype.join, rts$slice = String.prototype.slice, rts$padStart = String.prototype.padStart;
const rts$hex = Number.prototype.toString, rts$wellFormed = String.prototype.toWellFormed, rts$includes = String.prototype.includes;
const rts$replaceAll = String.prototype.replaceAll, rts$split = String.prototype.split, rts$test = RegExp.prototype.test, rts$exec = RegExp.prototype.exec;
const rts$mapGet = Map.prototype.get, rts$mapSet = Map.prototype.set, rts$mapClear = Map.prototype.clear;
const rts$RegExp = RegExp, rts$Buffer = ArrayBuffer, rts$outOfMemory = InternalError.prototype;
const rts$views = { u8: Uint8Array, u16: Uint16Array, i16: Int16Array, u32: Uint32Array, i32: Int32Array, u64: BigUint64Array,
  i64: BigInt64Array, f64: Float64Array, view: DataView };
for (const one of [function () {}, function* () {}, async function () {}, async function* () {}]) {
  rts$define(rts$prototypeOf(one), "constructor", { value: undefined, writable: false, configurable: false });
}
for (const name of ["eval", "Function", "SharedArrayBuffer", "Atomics"]) delete globalThis[name];
for (const name of ["transfer", "transferToFixedLength", "resize"]) delete ArrayBuffer.prototype[name];
const rts$settings = rts$parse(rts$settingsText);
const rts$wall = BigInt(rts$settings.wallOffset), rts$start = BigInt(rts$settings.start);
let rts$seed = rts$settings.seed >>> 0;
// mulberry32: 32 bits of state, and the same numbers for the same seed on every machine.
const rts$random = () => {
  rts$seed = (rts$seed + 0x6d2b79f5) | 0;
  let t = rts$imul(rts$seed ^ (rts$seed >>> 15), 1 | rts$seed);
  t = (t + rts$imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const rts$imul = Math.imul;
Math.random = rts$random;
const rts$Date = Date;
const rts$clock = () => Number((rts$time() + rts$wall) / 1000000n);
globalThis.Date = function Date(...parts) {
  if (new.target === undefined) return rts$apply(rts$dateText, new rts$Date(rts$clock()), []);
  return rts$construct(rts$Date, parts.length === 0 ? [rts$clock()] : parts, new.target);
};
const rts$dateText = Date.prototype.toString;
rts$define(globalThis, "Date", { enumerable: false });
globalThis.Date.prototype = rts$Date.prototype;
rts$define(globalThis.Date.prototype, "constructor", { value: globalThis.Date, enumerable: false });
globalThis.Date.now = rts$clock; globalThis.Date.parse = rts$Date.parse; globalThis.Date.UTC = rts$Date.UTC;
`;

const STATE = `
const rts$control = new Int32Array(rts$controlBuffer), rts$out = new Float64Array(rts$outBuffer);
let rts$u8, rts$u16, rts$i16, rts$u32, rts$i32, rts$u64, rts$i64, rts$f64, rts$view, rts$selection, rts$hostIds;
let rts$n = 0, rts$done = 0, rts$item = -1, rts$h = -1, rts$lost = 0, rts$now = 0n;
// After the call that runs, there is more to do than to go on.
let rts$special = false, rts$stopped = false;
let rts$texts = rts$without([]), rts$textCount = 0, rts$textLength = 0;
let rts$hostTable = rts$without([undefined]);
const rts$own = (object, name, value) => rts$define(object, name, { value, writable: false, configurable: false });
const rts$newMap = () => {
  const map = new rts$Map();
  rts$own(map, "get", rts$mapGet); rts$own(map, "set", rts$mapSet); rts$own(map, "clear", rts$mapClear);
  return map;
};
function rts$attach(buffer, items, hostIds) {
  const v = rts$views;
  rts$u8 = new v.u8(buffer); rts$u16 = new v.u16(buffer); rts$i16 = new v.i16(buffer);
  rts$u32 = new v.u32(buffer); rts$i32 = new v.i32(buffer); rts$f64 = new v.f64(buffer);
  rts$u64 = new v.u64(buffer); rts$i64 = new v.i64(buffer);
  rts$selection = new v.u32(buffer, items); rts$hostIds = new v.u32(buffer, hostIds);
  const view = new v.view(buffer);
  for (const name of ["getUint32", "getBigUint64", "getFloat64"]) rts$own(view, name, view[name]);
  rts$view = view;
}
// Of the event that is handled, else of the moment.
const rts$time = () => rts$item < 0 ? rts$now : rts$u64[rts$selection[rts$item * 2] + __TIME__ >> 3];
const rts$elapsed = (frame) => Number((frame < 0 ? rts$now : rts$u64[frame + __TIME__ >> 3]) - rts$start);
`;

const VALUES = `
const rts$strings = rts$newMap(), rts$addresses = rts$newMap(), rts$quads = rts$newMap(), rts$macs = rts$newMap();
let rts$remembered = 0;
function rts$remember() {
  // Names and addresses come from outside: what is remembered of them is bounded.
  if (++rts$remembered < 20000) return;
  rts$remembered = 0;
  rts$strings.clear(); rts$addresses.clear(); rts$quads.clear(); rts$macs.clear();
}
function rts$pair(map, first, second, make, at, size) {
  // NaN and -0 are each equal to other bytes.
  if (first !== first || second !== second || (first === 0 && 1 / first < 0) || (second === 0 && 1 / second < 0)) return make(at, size);
  const known = map.get(first);
  if (known !== undefined) {
    const value = known.get(second);
    if (value !== undefined) return value;
  }
  const value = make(at, size);
  rts$remember();
  let inner = map.get(first);
  if (inner === undefined) map.set(first, inner = rts$newMap());
  inner.set(second, value);
  return value;
}
function rts$string(at, size) {
  if (size !== 16 || (at & 7) !== 0) return rts$decode(at, size);
  return rts$pair(rts$strings, rts$f64[at >> 3], rts$f64[(at >> 3) + 1], rts$decode, at, size);
}
// UTF-8 up to a NUL; bytes that are none become U+FFFD.
function rts$decode(at, size) {
  const end = at + size;
  let text = "";
  while (at < end) {
    const byte = rts$u8[at++];
    if (byte === 0) break;
    if (byte < 128) { text += rts$fromCode(byte); continue; }
    const more = byte >= 0xf0 && byte < 0xf5 ? 3 : byte >= 0xe0 ? 2 : 1;
    let point = byte & (0x3f >> more), i = 0;
    if (byte >= 0xc2 && byte < 0xf5) {
      for (; i < more && at + i < end && (rts$u8[at + i] & 0xc0) === 0x80; i++) point = point << 6 | rts$u8[at + i] & 0x3f;
    }
    const least = more === 1 ? 0x80 : more === 2 ? 0x800 : 0x10000;
    if (i !== more || point < least || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) text += "\\ufffd";
    else { text += rts$fromPoint(point); at += more; }
  }
  return text;
}
function rts$ipv4(number) {
  let text = rts$quads.get(number);
  if (text === undefined) {
    text = (number >>> 24) + "." + (number >>> 16 & 255) + "." + (number >>> 8 & 255) + "." + (number & 255);
    rts$remember();
    rts$quads.set(number, text);
  }
  return text;
}
function rts$address(place) {
  if (place !== place) return undefined;
  if (place >= 0) return rts$ipv4(rts$view.getUint32(place));
  const at = -1 - place;
  return rts$pair(rts$addresses, rts$view.getFloat64(at), rts$view.getFloat64(at + 8), rts$ipv6, at, 16);
}
// RFC 5952.
function rts$ipv6(at) {
  let best = 8, longest = 1, length = 0;
  for (let i = 0; i < 8; i++) {
    if (rts$u8[at + 2 * i] === 0 && rts$u8[at + 2 * i + 1] === 0) {
      if (++length > longest) { longest = length; best = i + 1 - length; }
    } else length = 0;
  }
  if (best === 0 && longest === 5 && rts$u8[at + 10] === 255 && rts$u8[at + 11] === 255) {
    return "::ffff:" + rts$ipv4(rts$view.getUint32(at + 12));
  }
  let text = "";
  for (let i = 0; i < 8; i++) {
    if (i === best) { text += "::"; i += longest - 1; continue; }
    if (i > 0 && i !== best + longest) text += ":";
    text += rts$apply(rts$hex, rts$u8[at + 2 * i] << 8 | rts$u8[at + 2 * i + 1], [16]);
  }
  return text;
}
function rts$mac(number) {
  let text = rts$macs.get(number);
  if (text === undefined) {
    const digits = rts$apply(rts$padStart, rts$apply(rts$hex, number, [16]), [12, "0"]);
    text = "";
    for (let i = 0; i < 12; i += 2) text += (i > 0 ? ":" : "") + digits[i] + digits[i + 1];
    rts$remember();
    rts$macs.set(number, text);
  }
  return text;
}
const rts$names = (list) => {
  for (let i = 0; i < list.length; i++) if (list[i] === null) list[i] = undefined;
  return rts$without(list);
};
const rts$sparse = (pairs) => {
  const names = rts$without({});
  for (let i = 0; i < pairs.length; i++) names[pairs[i][0]] = pairs[i][1];
  return names;
};
const rts$name = (table, number) => {
  const name = table[number];
  return name === undefined ? number : name;
};
const rts$flagSet = (bits) => {
  const known = rts$newMap();
  return (number) => {
    let flags = known.get(number);
    if (flags === undefined) {
      flags = {};
      let text = "";
      for (let i = 0; i < bits.length; i++) {
        const set = (number & bits[i][1]) !== 0;
        rts$define(flags, bits[i][0], { value: set, enumerable: true });
        if (set) text += (text === "" ? "" : "|") + bits[i][0];
      }
      if (text === "") text = "0";
      rts$own(flags, "toString", () => text);
      rts$own(flags, "toJSON", () => text);
      rts$freeze(flags);
      known.set(number, flags);
    }
    return flags;
  };
};
const rts$bit = (value, bit) => value === undefined ? undefined : (Number(value) & bit) !== 0;
const rts$is = (text, wanted, negated) => text !== undefined && (text === wanted) !== negated;
const rts$matches = (pattern, text) => text !== undefined && rts$try(pattern, rts$String(text));
const rts$try = (pattern, text) => {
  rts$define(pattern, "exec", { value: rts$exec });
  return rts$apply(rts$test, pattern, [text]);
};
// Sets of the packet come as text: \`data|sack\`.
const rts$has = (text, members, mode) => {
  if (text === undefined) return false;
  const values = rts$apply(rts$split, text, ["|"]);
  let found = 0;
  for (let i = 0; i < members.length; i++) {
    for (let j = 0; j < values.length; j++) if (values[j] === members[i]) { found++; break; }
  }
  const all = found === members.length;
  return mode === "has" ? all : mode === "any" ? found > 0 : (all && values.length === members.length) === (mode === "equal");
};
const rts$host = (index) => rts$hostTable[rts$hostIds[rts$item * __HOST_FIELDS__ + index]];
function rts$learn(text, forget) {
  if (forget) rts$hostTable = rts$without([undefined]);
  const values = rts$parse(text);
  for (let i = 0; i < values.length; i++) {
    const kind = values[i][0], value = values[i][1];
    rts$hostTable[rts$hostTable.length] = kind === "bigint" ? BigInt(value) : rts$isArray(value) ? rts$freeze(value) : value;
  }
}
`;

const RECORDS = `
// A record counts once it is whole: an interruption may come at any call.
function rts$begin(format) {
  const n = rts$done;
  if (n > ${OUTPUT.pauseAt}) {
    rts$special = true;
    if (n > ${OUTPUT.limit}) { rts$lost++; return false; }
  }
  rts$out[n] = rts$item; rts$out[n + 1] = rts$h; rts$out[n + 2] = format;
  rts$n = n + 3;
  return true;
}
// A record without numbers of its own.
function rts$open(format) {
  if (!rts$begin(format)) return false;
  rts$done = rts$n;
  return true;
}
class rts$Json { constructor(text) { this.text = text; } }
rts$without(rts$Json.prototype);
// Anything -> a number, text, …, or JSON text: what runs code of the script runs here, before a record is begun.
function rts$scalar(value) {
  switch (typeof value) {
    case "object": {
      if (value === null) return null;
      if (value instanceof rts$Error) return rts$String(value);
      const text = rts$stringify(value, rts$replace);
      return text === undefined ? undefined : new rts$Json(text);
    }
    case "function": return "[function]";
    case "symbol": return rts$String(value);
    default: return value;
  }
}
function rts$replace(key, value) {
  if (typeof value === "bigint") return "${BIGINT_MARK}" + value + "${BIGINT_MARK}";
  if (value instanceof rts$Map || value instanceof rts$Set) return [...value];
  return value;
}
const rts$string_of = (value) => typeof value === "number" ? value : typeof value === "symbol" ? rts$String(value) : \`\${value}\`;
function rts$text(text) {
  let length = text.length;
  if (length > ${OUTPUT.longestText}) { text = rts$apply(rts$slice, text, [0, length = ${OUTPUT.longestText}]); rts$lost++; rts$special = true; }
  if (rts$textLength + length > ${OUTPUT.textLimit}) { text = ""; length = 0; rts$lost++; }
  if (rts$textLength > ${OUTPUT.pauseAtText}) rts$special = true;
  rts$out[rts$n++] = rts$textLength; rts$out[rts$n++] = length;
  rts$texts[rts$textCount++] = text;
  rts$textLength += length;
}
function rts$value(value) {
  switch (typeof value) {
    case "number": rts$out[rts$n++] = ${TAG.number}; rts$out[rts$n++] = value; return;
    case "string": rts$out[rts$n++] = ${TAG.string}; rts$text(value); return;
    case "bigint": rts$out[rts$n++] = ${TAG.bigint}; rts$text(rts$String(value)); return;
    case "boolean": rts$out[rts$n++] = value ? ${TAG.true} : ${TAG.false}; return;
    case "undefined": rts$out[rts$n++] = ${TAG.undefined}; return;
    default:
      if (value === null) { rts$out[rts$n++] = ${TAG.null}; return; }
      rts$out[rts$n++] = ${TAG.json}; rts$text(value.text);
  }
}
function rts$values(format, first, values) {
  let count = values.length;
  if (count > ${OUTPUT.values}) { count = ${OUTPUT.values}; rts$lost++; rts$special = true; }
  const scalars = rts$without([]);
  for (let i = 0; i < count; i++) scalars[i] = rts$scalar(values[i]);
  if (!rts$begin(format)) return;
  rts$out[rts$n++] = count;
  if (first !== undefined) rts$text(first);
  for (let i = 0; i < count; i++) rts$value(scalars[i]);
  rts$done = rts$n;
}
const rts$print = (...values) => rts$values(${FORMAT.values}, undefined, rts$without(values));
const rts$printf = (format, ...values) => rts$values(${FORMAT.printf}, \`\${format}\`, rts$without(values));
const rts$emit = (value) => {
  const text = rts$stringify(value, rts$replace);
  if (text === undefined || !rts$begin(${FORMAT.json})) return;
  rts$text(text);
  rts$done = rts$n;
};
const rts$stop = () => { rts$open(${FORMAT.stop}); rts$special = rts$stopped = true; };
`;

const FAULTS = `
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

export interface PreludeNumbers {
  /** Offset of the time in a frame's header. */
  readonly time: number;
  /** Fields of each item that the host supplies. */
  readonly hostFields: number;
}

export function preludeText(numbers: PreludeNumbers): string {
  return [LOCKDOWN, STATE, VALUES, RECORDS, FAULTS]
    .join("")
    .replaceAll("__TIME__", String(numbers.time))
    .replaceAll("__HOST_FIELDS__", String(numbers.hostFields));
}
