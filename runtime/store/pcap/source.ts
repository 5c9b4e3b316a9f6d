// A capture as a source of events: one frame a packet, with the device where the file names it, and the probe where the
// file was written from events.
import { layOutFrame } from "../../../compiler/plan/lay-out-frame.js";
import type { ProbeName, ProbeNameKind } from "../../../compiler/plan/probe-name.js";
import { FRAME_NO_CPU, structs } from "../../../compiler/schema/generated/layout.js";
import { FrameWriter } from "../../events/frame-writer.js";
import type { EventSource, SourceBatch, SourceHeader, SourceProblem } from "../../events/source.js";
import { EnumNames } from "../../outputs/enum-names.js";
import type { Names } from "../../outputs/names.js";
import type { ByteReader } from "../byte-reader.js";
import { type Direction, linkPacket } from "./link-types.js";
import { type CaptureRecord, captureRecords } from "./records.js";

const BATCH_BYTES = 1 << 20;
/** Layouts give the packet as much room as a frame can describe; a frame takes only what it needs. */
const SNAP = 65_528;

/** Slots of packets whose probe the file does not tell: any of `packet`, or one of it. */
export const CAPTURE_PROBES: readonly ProbeName[] = [
  { kind: "tp", name: "packet" },
  { kind: "tp", name: "net:netif_receive_skb" },
  { kind: "tp", name: "net:net_dev_start_xmit" },
];

const slotOf = (direction: Direction): number => (direction === null ? 0 : direction === "rx" ? 1 : 2);

const HEADER: SourceHeader = {
  format: "pcap",
  writer: null,
  commandLine: null,
  kernelRelease: null,
  kernelVersion: null,
  hardware: null,
  clockOffset: 0n,
  scriptDigest: null,
  sorted: false,
};

/** A capture knows no kernel. */
const NO_ENUMS = { enumValues: () => null };

const KINDS: Readonly<Record<string, ProbeNameKind>> = {
  raw_tracepoint: "tp",
  kprobe: "kprobe",
  kretprobe: "kretprobe",
  usdt: "usdt",
};

/** `file`: its name, for what is said of damage. */
export function openCapture(reader: ByteReader, file: string): EventSource {
  const probes: ProbeName[] = [...CAPTURE_PROBES];
  const slots = new Map<string, number>();
  const problems: SourceProblem[] = [];
  const layout = layOutFrame(new Set(["packet", "dev"]), SNAP);
  const names: Names = {
    layout,
    probes,
    enums: new EnumNames(NO_ENUMS),
    stacks: { frames: () => [] },
    strings: { text: () => "" },
    symbols: { name: (high, low) => `0x${high.toString(16)}${low.toString(16).padStart(8, "0")}` },
    clockOffset: 0n,
  };
  const unknown = new Set<number>();

  /** The probe that a packet was seen at, when the file was written from events. */
  const slotOfProbe = (probe: ProbeName): number => {
    const key = `${probe.kind} ${probe.name}`;
    const known = slots.get(key);
    if (known !== undefined) return known;
    slots.set(key, probes.length);
    probes.push(probe);
    return probes.length - 1;
  };

  const writeFrame = (writer: FrameWriter, record: CaptureRecord): void => {
    const packet = linkPacket(record.linkType, record.data);
    if (packet === null) {
      if (!unknown.has(record.linkType))
        problems.push({
          file,
          offset: reader.offset,
          reason: `packets of link type ${record.linkType} are left out: only Ethernet, IP, loopback and Linux cooked captures are read`,
        });
      unknown.add(record.linkType);
      return;
    }
    const told = toldBy(record.event);
    const direction =
      record.event === null && packet.direction !== null ? packet.direction : record.direction;
    const slot = told.probe === null ? slotOf(direction) : slotOfProbe(told.probe);
    writer.begin(slot, record.time, FRAME_NO_CPU);
    const behind = packet.skip === 0 ? record.data : record.data.subarray(packet.skip);
    const data = packet.ethernet === null ? behind : Buffer.concat([packet.ethernet, behind]);
    // The record's length on the wire counts the link header that the capture has.
    const length = record.length - record.data.length + data.length;
    writer.packet(data, Math.max(data.length, length), packet.start, {
      protocol: packet.protocol,
      vlan: null,
    });
    if (record.interface !== null) {
      const dev = structs.section_dev.members;
      const at = writer.section("dev");
      // Captures number their interfaces; which index each had in its machine only our own tell.
      writer.view.setUint32(at + dev.ifindex.offset, told.ifindex ?? record.interface.index + 1, true);
      writer.text(at + dev.name.offset, dev.name.size, record.interface.name);
    }
    writer.end();
  };

  return {
    header: HEADER,
    names,
    enums: NO_ENUMS,
    problems,
    lost: 0n,
    async *batches(): AsyncGenerator<SourceBatch> {
      const writer = new FrameWriter(layout, BATCH_BYTES);
      const full = (): SourceBatch => ({ ...writer.batch(), release: () => writer.reset() });
      for await (const record of captureRecords(reader, (problem) => problems.push({ file, ...problem }))) {
        if (!writer.hasRoom(record.data.length)) yield full();
        writeFrame(writer, record);
      }
      if (writer.length > 0) yield full();
    },
    close: () => {
      reader.close();
      return Promise.resolve();
    },
  };
}

/** What the JSON beside a packet tells: in captures that were written from events. */
interface Told {
  readonly probe: ProbeName | null;
  readonly ifindex: number | null;
}

const NOTHING_TOLD: Told = { probe: null, ifindex: null };

function toldBy(event: string | null): Told {
  if (event === null) return NOTHING_TOLD;
  try {
    const parsed: unknown = JSON.parse(event);
    const ifindex = memberOf(memberOf(parsed, "dev"), "ifindex");
    return { probe: probeOf(memberOf(parsed, "kernel")), ifindex: isU32(ifindex) ? ifindex : null };
  } catch {
    return NOTHING_TOLD;
  }
}

function probeOf(kernel: unknown): ProbeName | null {
  const symbol = memberOf(kernel, "symbol");
  const kind = KINDS[String(memberOf(kernel, "probe_type"))];
  return kind === undefined || symbol === undefined ? null : { kind, name: String(symbol) };
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

const isU32 = (value: unknown): value is number => typeof value === "number" && value === value >>> 0;
