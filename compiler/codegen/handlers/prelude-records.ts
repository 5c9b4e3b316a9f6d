// JavaScript of the sandbox's module: `print`, `printf`, `emit` and `stop`, which write records for the host.
import { BIGINT_MARK, FORMAT, TAG } from "./handler-module.js";
import { OUTPUT } from "./output-limits.js";

export const RECORDS = `
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
      const flags = rts$flagTexts.get(value);
      if (flags !== undefined) return flags;
      const text = rts$stringify(value, rts$replace);
      return text === undefined ? undefined : new rts$Json(text);
    }
    case "function": return "[function]";
    case "symbol": return rts$String(value);
    default: return value;
  }
}
function rts$replace(key, value) {
  // What toJSON made of it already: the object that it is in has it as it was.
  if (typeof value === "string" && typeof this[key] === "bigint") value = this[key];
  if (typeof value === "bigint") return "${BIGINT_MARK}" + value + "${BIGINT_MARK}";
  if (value instanceof rts$Map || value instanceof rts$Set) return [...value];
  return value;
}
const rts$templateText = (value) => typeof value === "number" ? value : typeof value === "symbol" ? rts$String(value) : \`\${value}\`;
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
