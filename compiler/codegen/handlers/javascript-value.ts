// Numbers of the schema (Value) -> JavaScript text that reads them from the batch. A value is a list of alternatives,
// each with the conditions under which it is the one; none of them: absent. Numbers where doubles are exact, else BigInt.

import { structs } from "../../schema/generated/layout.js";
import type { FrameMember, HeaderLoad, Load, Value } from "../../schema/value.js";
import { assertNever } from "../../source/assert-never.js";
import type { FrameAccess } from "./frame-access.js";

/** One way to have the value. `guards` are conditions in JavaScript, all of which must hold. */
export interface Alternative {
  readonly guards: readonly string[];
  readonly text: string;
  /** Range of the value; decides whether doubles do. */
  readonly min: bigint;
  readonly max: bigint;
  readonly big: boolean;
  /** Atoms and calls need no parentheses. */
  readonly atom: boolean;
}

const U64 = (1n << 64n) - 1n;
const SAFE = (1n << 53n) - 1n;
const U32 = (1n << 32n) - 1n;

const fits = (min: bigint, max: bigint): boolean => min >= -SAFE && max <= SAFE;
const wrapped = (one: Alternative): string => (one.atom ? one.text : `(${one.text})`);
const asBig = (one: Alternative): string => (one.big ? wrapped(one) : `BigInt(${one.text})`);
const unite = (left: readonly string[], right: readonly string[]): readonly string[] => [
  ...new Set([...left, ...right]),
];

/** Null: only the host can work it out. */
export function alternativesOf(value: Value, access: FrameAccess): readonly Alternative[] | null {
  switch (value.kind) {
    case "constant": {
      const big = !fits(value.value, value.value);
      const text = `${value.value}${big ? "n" : ""}`;
      return [{ guards: [], text, min: value.value, max: value.value, big, atom: value.value >= 0n }];
    }
    case "load":
      return [loadOf(value.load, access)];
    case "first": {
      const all: Alternative[] = [];
      for (const one of value.values) {
        const found = alternativesOf(one, access);
        if (found === null) return null;
        all.push(...found);
      }
      return all;
    }
    case "guarded": {
      const guards = alternativesOf(value.guard, access);
      const values = alternativesOf(value.value, access);
      if (guards === null || values === null) return null;
      const { accepts } = value;
      return guards.flatMap((guard) => {
        const same = (number: bigint): string => `${wrapped(guard)} === ${number}${guard.big ? "n" : ""}`;
        const condition = accepts === "nonzero" ? `!(${same(0n)})` : `(${accepts.map(same).join(" || ")})`;
        const needed = unite(guard.guards, [
          accepts !== "nonzero" && accepts.length === 0 ? "false" : condition,
        ]);
        return values.map((one) => ({ ...one, guards: unite(needed, one.guards) }));
      });
    }
    case "complement":
    case "negate": {
      const operands = alternativesOf(value.operand, access);
      const sign = value.kind === "complement" ? "~" : "-";
      return operands?.map((one) => wrap(`${sign}${asBig(one)}`, one.guards, value.signed)) ?? null;
    }
    case "arithmetic": {
      const lefts = alternativesOf(value.left, access);
      const rights = alternativesOf(value.right, access);
      if (lefts === null || rights === null) return null;
      return lefts.flatMap((left) => rights.map((right) => arithmetic(value, left, right)));
    }
    case "computed":
      return null;
    default:
      return assertNever(value);
  }
}

/** A 64-bit result that wraps around. */
const wrap = (text: string, guards: readonly string[], signed: boolean): Alternative => ({
  guards,
  text: `rts$as${signed ? "Int" : "Uint"}N(64, ${text})`,
  min: signed ? -(1n << 63n) : 0n,
  max: signed ? (1n << 63n) - 1n : U64,
  big: true,
  atom: true,
});

type Arithmetic = Extract<Value, { readonly kind: "arithmetic" }>;

function arithmetic(node: Arithmetic, left: Alternative, right: Alternative): Alternative {
  let guards = unite(left.guards, right.guards);
  const division = node.op === "/" || node.op === "%";
  const constant = right.min === right.max ? right.min : null;
  if (division && constant === 0n) guards = unite(guards, ["false"]);
  if (division && constant === null) guards = unite(guards, [`${wrapped(right)} != 0`]);
  const exact = left.big || right.big ? null : inDoubles(node.op, left, right, constant);
  if (exact !== null && fits(exact.min, exact.max)) return { ...exact, guards, big: false, atom: false };
  const shift = node.op === "<<" || node.op === ">>";
  const [a, b] = node.signed ? [asBig(left), asBig(right)] : [unsignedBig(left), unsignedBig(right)];
  return wrap(`${a} ${node.op} ${shift ? `(${asBig(right)} & 63n)` : b}`, guards, node.signed);
}

const unsignedBig = (one: Alternative): string =>
  one.min < 0n ? `rts$asUintN(64, ${asBig(one)})` : asBig(one);

/** The same in doubles, with its range; null: not exact, or not worth it. */
function inDoubles(
  op: Arithmetic["op"],
  left: Alternative,
  right: Alternative,
  constant: bigint | null,
): { readonly text: string; readonly min: bigint; readonly max: bigint } | null {
  const [a, b] = [wrapped(left), wrapped(right)];
  const unsigned = left.min >= 0n && right.min >= 0n;
  const words = unsigned && left.max <= U32 && right.max <= U32;
  const small = words && left.max <= U32 >> 1n && right.max <= U32 >> 1n;
  switch (op) {
    case "+":
      return { text: `${a} + ${b}`, min: left.min + right.min, max: left.max + right.max };
    case "-":
      return { text: `${a} - ${b}`, min: left.min - right.max, max: left.max - right.min };
    case "*":
      return unsigned ? { text: `${a} * ${b}`, min: 0n, max: left.max * right.max } : null;
    case "&": {
      if (!words) return null;
      const max = left.max < right.max ? left.max : right.max;
      return { text: small || max <= U32 >> 1n ? `${a} & ${b}` : `(${a} & ${b}) >>> 0`, min: 0n, max };
    }
    case "|":
    case "^":
      if (!words) return null;
      return {
        text: small ? `${a} ${op} ${b}` : `(${a} ${op} ${b}) >>> 0`,
        min: 0n,
        max: covering(left, right),
      };
    case "<<":
      if (!unsigned || constant === null || constant > 31n) return null;
      return { text: `${a} * ${1n << constant}`, min: 0n, max: left.max << constant };
    case ">>":
      if (!unsigned || left.max > U32 || constant === null || constant > 31n) return null;
      return { text: `${a} >>> ${constant}`, min: 0n, max: left.max >> constant };
    case "/":
    case "%":
      if (!words) return null;
      return op === "/"
        ? { text: `(${a} / ${b}) >>> 0`, min: 0n, max: left.max }
        : { text: `${a} % ${b}`, min: 0n, max: right.max };
    default:
      return assertNever(op);
  }
}

/** All ones, up to the highest bit that either has. */
function covering(left: Alternative, right: Alternative): bigint {
  const highest = left.max > right.max ? left.max : right.max;
  return (1n << BigInt(highest.toString(2).length)) - 1n;
}

function loadOf(load: Load, access: FrameAccess): Alternative {
  switch (load.kind) {
    case "header":
      return headerOf(load, access);
    case "layers": {
      const { offset, size } = structs.layers.members[load.member];
      const base = access.layersOffset();
      const guards = [access.layer([load.layer])];
      return base === null ? never : atom(access.read(base + offset, size, false), size, false, guards);
    }
    case "packet": {
      const base = access.section("packet");
      if (base === null) return never;
      const { len, start } = structs.section_packet.members;
      const known = `${access.read(base + start.offset, start.size, false)} !== 0`;
      return atom(access.read(base + len.offset, len.size, false), len.size, false, [
        ...access.present("packet"),
        known,
      ]);
    }
    case "kernel":
    case "argument":
    case "context":
    case "frame":
      return memberOf(load.frame, access);
    default:
      return assertNever(load);
  }
}

const never: Alternative = { guards: ["false"], text: "0", min: 0n, max: 0n, big: false, atom: true };

const atom = (text: string, size: number, signed: boolean, guards: readonly string[]): Alternative => {
  const range = 1n << BigInt(size * 8);
  return {
    guards,
    text,
    min: signed ? -(range / 2n) : 0n,
    max: signed ? range / 2n - 1n : range - 1n,
    big: size === 8,
    atom: true,
  };
};

function memberOf(member: FrameMember, access: FrameAccess): Alternative {
  const place = access.member(member);
  if (place === null) return never;
  return atom(access.read(place.offset, place.size, place.signed), place.size, place.signed, place.guards);
}

/** Bytes of a header: big endian and of no alignment. */
function headerOf(load: HeaderLoad, access: FrameAccess): Alternative {
  if (access.layersOffset() === null) return never;
  const base = access.header(load.base);
  const at = load.offset === 0 ? base : `${base} + ${load.offset}`;
  const guards = [access.layer([load.layer]), `${base} + ${load.offset + load.size} <= ${access.end()}`];
  const byte = (index: number): string => `rts$u8[${base} + ${load.offset + index}]`;
  return atom(headerText(load.size, at, byte), load.size, false, guards);
}

function headerText(size: HeaderLoad["size"], at: string, byte: (index: number) => string): string {
  switch (size) {
    case 1:
      return byte(0);
    case 2:
      return `(${byte(0)} << 8 | ${byte(1)})`;
    case 3:
      return `(${byte(0)} << 16 | ${byte(1)} << 8 | ${byte(2)})`;
    case 4:
      return `rts$view.getUint32(${at})`;
    case 6:
      return `((${byte(0)} << 8 | ${byte(1)}) * 4294967296 + rts$view.getUint32(${at} + 2))`;
    case 8:
      return `rts$view.getBigUint64(${at})`;
    default:
      return assertNever(size);
  }
}

/** The whole as one expression: the first alternative whose guards hold, else `absent`. */
export function choose(
  all: readonly Alternative[],
  text: (one: Alternative) => string,
  absent: string,
): string {
  let result = absent;
  for (const one of [...all].reverse()) {
    if (one.guards.includes("false")) continue;
    result = one.guards.length === 0 ? text(one) : `${one.guards.join(" && ")} ? ${text(one)} : ${result}`;
  }
  return `(${result})`;
}
