// JavaScript at the top of the sandbox's module: what a script could change is taken before it can, what runs text as
// code is taken away, the clock and chance are the event's and the run's; then the views of the batch.
/** Takes away what runs text as code or moves memory; pins the clock and chance to the event and the run. */
export const LOCKDOWN = `
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
// JSON has no numbers of 64 bits: where a script makes text of its own, they are digits in quotes.
rts$define(BigInt.prototype, "toJSON", { value: function () { return rts$String(this); }, writable: true, configurable: true });
globalThis.Date.now = rts$clock; globalThis.Date.parse = rts$Date.parse; globalThis.Date.UTC = rts$Date.UTC;
`;

export const STATE = `
var rts$control = new Int32Array(rts$controlBuffer), rts$out = new Float64Array(rts$outBuffer);
// \`var\`: reading a \`let\` from a function looks each time whether it has been set.
var rts$u8, rts$u16, rts$i16, rts$u32, rts$i32, rts$u64, rts$i64, rts$f64, rts$view, rts$selection, rts$hostIds;
var rts$n = 0, rts$done = 0, rts$item = -1, rts$h = -1, rts$lost = 0, rts$now = 0n;
// After the call that runs, there is more to do than to go on.
var rts$special = false, rts$stopped = false;
var rts$texts = rts$without([]), rts$textCount = 0, rts$textLength = 0;
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
