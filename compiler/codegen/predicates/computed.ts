// What has no fixed place in the packet, so that only user space looks for it: TCP options and SCTP chunks, found by
// walking the window that predicates see.
import type { FrameNumber, FramePlan } from "./frame.js";
import { headerPosition, type PacketPlace, placePacket, visible } from "./packet.js";

/** Options by kind: RFC 9293 section 3.2, RFC 7323. `length`: the option's own; `offset` of the value in it. */
interface TcpOption {
  readonly kind: number;
  readonly length: number;
  readonly offset: number;
  readonly size: 1 | 2 | 4;
}

const OPTIONS: ReadonlyMap<string, TcpOption> = new Map<string, TcpOption>([
  ["tcp.opt.mss", { kind: 2, length: 4, offset: 2, size: 2 }],
  ["tcp.opt.wscale", { kind: 3, length: 3, offset: 2, size: 1 }],
  ["tcp.opt.tsval", { kind: 8, length: 10, offset: 2, size: 4 }],
  ["tcp.opt.tsecr", { kind: 8, length: 10, offset: 6, size: 4 }],
]);

/** Members of a DATA chunk: RFC 9260 section 3.3.1. */
const DATA: ReadonlyMap<string, { readonly offset: number; readonly size: 2 | 4 }> = new Map([
  ["sctp.data.tsn", { offset: 4, size: 4 }],
  ["sctp.data.sid", { offset: 8, size: 2 }],
  ["sctp.data.ssn", { offset: 10, size: 2 }],
  ["sctp.data.ppid", { offset: 12, size: 4 }],
]);

const END_OF_OPTIONS = 0;
const NO_OPERATION = 1;
const TCP_FIXED = 20;
const SCTP_FIXED = 12;
const CHUNK_HEADER = 4;
const DATA_CHUNK = 0;

/** The value that `computed` names; NaN: absent. */
export function computedNumber(name: string, plan: FramePlan): FrameNumber {
  const place = placePacket(plan);
  if (place === null) return () => Number.NaN;
  const option = OPTIONS.get(name);
  if (option !== undefined) return tcpOption(option, place, plan);
  const member = DATA.get(name);
  if (member !== undefined) return dataMember(member, place, plan);
  throw new Error(`nothing computes ${name}`);
}

/** The types of all chunks whose header is in the window; null: not SCTP. */
export function chunkTypes(plan: FramePlan): (view: DataView, at: number) => ReadonlySet<number> | null {
  const place = placePacket(plan);
  if (place === null) return () => null;
  const header = headerPosition({ kind: "header", layer: "SCTP", base: "l4", offset: 0, size: 1 }, plan);
  return (view, at) => {
    const start = header(view, at);
    if (start < 0) return null;
    const types = new Set<number>();
    walkChunks(view, start, endOf(view, at, place), (chunk) => {
      types.add(view.getUint8(chunk));
      return true;
    });
    return types;
  };
}

const endOf = (view: DataView, at: number, place: PacketPlace): number =>
  at + place.bytes + visible(view, at, place);

function read(view: DataView, at: number, size: 1 | 2 | 4): number {
  return size === 1 ? view.getUint8(at) : size === 2 ? view.getUint16(at) : view.getUint32(at);
}

function tcpOption(option: TcpOption, place: PacketPlace, plan: FramePlan): FrameNumber {
  // The last byte of the fixed part: with it all of it is there.
  const last = headerPosition(
    { kind: "header", layer: "TCP", base: "l4", offset: TCP_FIXED - 1, size: 1 },
    plan,
  );
  return (view, at) => {
    const start = last(view, at) - (TCP_FIXED - 1);
    if (start < 0) return Number.NaN;
    const end = Math.min(start + (view.getUint8(start + 12) >> 4) * 4, endOf(view, at, place));
    for (let here = start + TCP_FIXED; here < end; ) {
      const kind = view.getUint8(here);
      if (kind === END_OF_OPTIONS) break;
      if (kind === NO_OPERATION) {
        here += 1;
        continue;
      }
      const length = here + 1 < end ? view.getUint8(here + 1) : 0;
      if (length < 2 || here + length > end) break;
      if (kind === option.kind && length === option.length)
        return read(view, here + option.offset, option.size);
      here += length;
    }
    return Number.NaN;
  };
}

function dataMember(
  member: { readonly offset: number; readonly size: 2 | 4 },
  place: PacketPlace,
  plan: FramePlan,
): FrameNumber {
  const header = headerPosition({ kind: "header", layer: "SCTP", base: "l4", offset: 0, size: 1 }, plan);
  return (view, at) => {
    const start = header(view, at);
    if (start < 0) return Number.NaN;
    const end = endOf(view, at, place);
    let found = Number.NaN;
    walkChunks(view, start, end, (chunk) => {
      if (view.getUint8(chunk) !== DATA_CHUNK) return true;
      if (chunk + member.offset + member.size <= end) found = read(view, chunk + member.offset, member.size);
      return false;
    });
    return found;
  };
}

/** RFC 9260 section 3.2: a length without padding, which fills up to a multiple of 4. Until `visit` has seen enough. */
function walkChunks(view: DataView, start: number, end: number, visit: (chunk: number) => boolean): void {
  for (let chunk = start + SCTP_FIXED; chunk + CHUNK_HEADER <= end; ) {
    const length = view.getUint16(chunk + 2);
    // Padding of the link layer is all zero: no chunk is that short.
    if (length < CHUNK_HEADER || !visit(chunk)) return;
    chunk += (length + 3) & ~3;
  }
}
