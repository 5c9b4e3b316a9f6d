// A pcap or pcapng file -> its packets one after the other, with what the file says of each. Damage ends a record, and
// where the format allows it, not the file.
import type { SourceProblem } from "../../events/source.js";
import type { ByteReader } from "../byte-reader.js";
import {
  BLOCK,
  BYTE_ORDER_MAGIC,
  DIRECTION_INBOUND,
  DIRECTION_OUTBOUND,
  MAX_BLOCK,
  OPTION,
  PCAP_MICROSECONDS,
  PCAP_NANOSECONDS,
  RETIS_ENTERPRISE,
} from "./format.js";
import type { Direction } from "./link-types.js";

/** One packet. `data` is valid until the next one is asked for. */
export interface CaptureRecord {
  readonly linkType: number;
  /** Nanoseconds since 1970. */
  readonly time: bigint;
  readonly data: Buffer;
  /** On the wire. */
  readonly length: number;
  readonly direction: Direction;
  /** Null where the file names no interface. */
  readonly interface: { readonly name: string; readonly index: number } | null;
  /** JSON of the event that the packet was part of: in files that Retis or we wrote. */
  readonly event: string | null;
}

/** Big or little endian, as the file's writer was. */
interface Numbers {
  u16(bytes: Buffer, at: number): number;
  u32(bytes: Buffer, at: number): number;
}

const LITTLE: Numbers = {
  u16: (bytes, at) => bytes.readUInt16LE(at),
  u32: (bytes, at) => bytes.readUInt32LE(at),
};
const BIG: Numbers = {
  u16: (bytes, at) => bytes.readUInt16BE(at),
  u32: (bytes, at) => bytes.readUInt32BE(at),
};

type Report = (problem: Omit<SourceProblem, "file">) => void;

/** Whether a file that begins so is a capture. */
export function isCapture(start: Buffer): boolean {
  if (start.length < 4) return false;
  const little = start.readUInt32LE(0);
  const big = start.readUInt32BE(0);
  return [little, big].some(
    (magic) => magic === PCAP_MICROSECONDS || magic === PCAP_NANOSECONDS || magic === BLOCK.section,
  );
}

export async function* captureRecords(reader: ByteReader, report: Report): AsyncGenerator<CaptureRecord> {
  const start = await reader.peek(4);
  if (start.length === 4 && start.readUInt32LE(0) === BLOCK.section) yield* pcapngRecords(reader, report);
  else yield* pcapRecords(reader, report);
}

// ---- pcap ----------------------------------------------------------------------------------------------------------

async function* pcapRecords(reader: ByteReader, report: Report): AsyncGenerator<CaptureRecord> {
  const header = await reader.take(24);
  if (header === null) {
    report({ offset: 0, reason: "the file ends within its header" });
    return;
  }
  const little = header.readUInt32LE(0);
  const numbers = little === PCAP_MICROSECONDS || little === PCAP_NANOSECONDS ? LITTLE : BIG;
  const unit = numbers.u32(header, 0) === PCAP_NANOSECONDS ? 1n : 1000n;
  // The upper bits say whether frames end with a checksum; the lower 16 are the link type.
  const linkType = numbers.u32(header, 20) & 0xffff;
  for (;;) {
    const offset = reader.offset;
    const record = await reader.peek(16);
    if (record.length === 0) return;
    if (record.length < 16) {
      report({ offset, reason: "the file ends within a packet's header" });
      return;
    }
    const seconds = BigInt(numbers.u32(record, 0));
    const fraction = BigInt(numbers.u32(record, 4));
    const captured = numbers.u32(record, 8);
    const length = numbers.u32(record, 12);
    if (captured > MAX_BLOCK) {
      report({ offset, reason: `a packet claims ${captured} captured bytes; what follows cannot be found` });
      return;
    }
    const whole = await reader.take(16 + captured);
    if (whole === null) {
      report({ offset, reason: "the file ends within a packet" });
      return;
    }
    yield {
      linkType,
      time: seconds * 1_000_000_000n + fraction * unit,
      data: whole.subarray(16),
      length,
      direction: null,
      interface: null,
      event: null,
    };
  }
}

// ---- pcapng --------------------------------------------------------------------------------------------------------

interface Interface {
  readonly linkType: number;
  readonly name: string | null;
  readonly index: number;
  /** Units of time stamps a second, as a power of 10 or of 2. */
  readonly unitsPerSecond: bigint;
  /** Seconds to add to every time stamp. */
  readonly offset: bigint;
}

async function* pcapngRecords(reader: ByteReader, report: Report): AsyncGenerator<CaptureRecord> {
  let numbers: Numbers = LITTLE;
  let interfaces: Interface[] = [];
  for (;;) {
    const offset = reader.offset;
    const start = await reader.peek(12);
    if (start.length === 0) return;
    if (start.length < 12) {
      report({ offset, reason: "the file ends within a block's header" });
      return;
    }
    // A section's own byte order is told by its magic number, before anything else can be read.
    if (start.readUInt32LE(0) === BLOCK.section) {
      numbers = start.readUInt32LE(8) === BYTE_ORDER_MAGIC ? LITTLE : BIG;
      if (numbers.u32(start, 8) !== BYTE_ORDER_MAGIC) {
        report({ offset, reason: "a section has no byte order" });
        return;
      }
      interfaces = [];
    }
    const type = numbers.u32(start, 0);
    const length = numbers.u32(start, 4);
    if (length < 12 || length % 4 !== 0 || length > MAX_BLOCK) {
      report({ offset, reason: `a block claims ${length} bytes; what follows cannot be found` });
      return;
    }
    const block = await reader.take(length);
    if (block === null) {
      report({ offset, reason: "the file ends within a block" });
      return;
    }
    if (numbers.u32(block, length - 4) !== length) {
      report({ offset, reason: "a block's two lengths differ: it is damaged and left out" });
      continue;
    }
    try {
      if (type === BLOCK.interface) interfaces.push(readInterface(block, numbers, interfaces.length));
      const record = readPacket(type, block, numbers, interfaces);
      if (record !== null) yield record;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      report({ offset, reason: `${error.message}: the block is left out` });
    }
  }
}

function readInterface(block: Buffer, numbers: Numbers, index: number): Interface {
  if (block.length < 20) throw new RangeError("an interface block is too short");
  let name: string | null = null;
  let unitsPerSecond = 1_000_000n;
  let offset = 0n;
  for (const option of options(block, 16, numbers)) {
    if (option.code === OPTION.interfaceName) name = option.value.toString("utf8");
    else if (option.code === OPTION.interfaceResolution && option.value.length >= 1) {
      const resolution = option.value[0] ?? 6;
      // The highest bit chooses powers of two. Beyond these exponents nothing fits a 64-bit time stamp.
      const exponent = BigInt(resolution & 0x7f);
      if (exponent > 63n) throw new RangeError("an interface has an impossible time resolution");
      unitsPerSecond = (resolution & 0x80) !== 0 ? 1n << exponent : 10n ** exponent;
    } else if (option.code === OPTION.interfaceOffset && option.value.length === 8) {
      const [low, high] = [numbers.u32(option.value, 0), numbers.u32(option.value, 4)];
      offset = numbers === LITTLE ? (BigInt(high) << 32n) | BigInt(low) : (BigInt(low) << 32n) | BigInt(high);
      offset = BigInt.asIntN(64, offset);
    }
  }
  return { linkType: numbers.u16(block, 8), name, index, unitsPerSecond, offset };
}

/** Null: the block holds no packet. */
function readPacket(
  type: number,
  block: Buffer,
  numbers: Numbers,
  interfaces: readonly Interface[],
): CaptureRecord | null {
  switch (type) {
    case BLOCK.enhancedPacket:
    case BLOCK.packet: {
      if (block.length < 32) throw new RangeError("a packet block is too short");
      const id = type === BLOCK.packet ? numbers.u16(block, 8) : numbers.u32(block, 8);
      const from = interfaces[id];
      if (from === undefined)
        throw new RangeError(`a packet names interface ${id}, which the file does not describe`);
      const captured = numbers.u32(block, 20);
      const dataEnd = 28 + captured;
      if (dataEnd > block.length - 4) throw new RangeError("a packet is longer than its block");
      const stamp = (BigInt(numbers.u32(block, 12)) << 32n) | BigInt(numbers.u32(block, 16));
      const extras = readPacketOptions(block, (dataEnd + 3) & ~3, numbers);
      return {
        linkType: from.linkType,
        time: nanoseconds(stamp, from),
        data: block.subarray(28, dataEnd),
        length: numbers.u32(block, 24),
        interface: from.name === null ? null : { name: from.name, index: from.index },
        ...extras,
      };
    }
    case BLOCK.simplePacket: {
      const from = interfaces[0];
      if (from === undefined) throw new RangeError("a packet comes before any interface");
      if (block.length < 16) throw new RangeError("a packet block is too short");
      const length = numbers.u32(block, 8);
      const captured = Math.min(length, block.length - 16);
      return {
        linkType: from.linkType,
        time: 0n,
        data: block.subarray(12, 12 + captured),
        length,
        direction: null,
        interface: from.name === null ? null : { name: from.name, index: 0 },
        event: null,
      };
    }
    default:
      return null;
  }
}

const nanoseconds = (stamp: bigint, from: Interface): bigint =>
  from.offset * 1_000_000_000n + (stamp * 1_000_000_000n) / from.unitsPerSecond;

function readPacketOptions(
  block: Buffer,
  at: number,
  numbers: Numbers,
): Pick<CaptureRecord, "direction" | "event"> {
  let direction: Direction = null;
  let event: string | null = null;
  for (const option of options(block, at, numbers)) {
    if (option.code === OPTION.packetFlags && option.value.length === 4) {
      const way = numbers.u32(option.value, 0) & 3;
      direction = way === DIRECTION_INBOUND ? "rx" : way === DIRECTION_OUTBOUND ? "tx" : null;
    } else if (option.code === OPTION.customText && option.value.length > 4) {
      if (numbers.u32(option.value, 0) === RETIS_ENTERPRISE) event = option.value.toString("utf8", 4);
    }
  }
  return { direction, event };
}

interface Option {
  readonly code: number;
  readonly value: Buffer;
}

/** Up to the end of the block, less its trailing length. */
function* options(block: Buffer, start: number, numbers: Numbers): Generator<Option> {
  const end = block.length - 4;
  for (let at = start; at + 4 <= end; ) {
    const code = numbers.u16(block, at);
    const length = numbers.u16(block, at + 2);
    if (code === OPTION.end) return;
    if (at + 4 + length > end) throw new RangeError("an option is longer than its block");
    yield { code, value: block.subarray(at + 4, at + 4 + length) };
    at += 4 + ((length + 3) & ~3);
  }
}
