// JavaScript of the sandbox's module: bytes and numbers of the batch as the values that handlers see.
export const VALUES = `
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
const rts$flagTexts = rts$newMap();
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
      rts$flagTexts.set(flags, text);
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
