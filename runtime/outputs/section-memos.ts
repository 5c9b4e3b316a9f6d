// Texts of sections that come again and again, remembered: of the same rule, connection, device. One set for each
// indentation, which is part of the text.
import type { FrameLayout } from "../../compiler/plan/plan.js";
import { structs } from "../../compiler/schema/generated/layout.js";
import type { SectionName } from "../../compiler/schema/value.js";
import { type Literal, literal, literalOf } from "../packet/literal.js";
import { shownText } from "./shown-text.js";
import { memberWords, TextMemo } from "./text-memo.js";

const { slot, cpu, present } = structs.frame.members;
const task = structs.section_task.members;
const drop = structs.section_drop.members;
const dev = structs.section_dev.members;
const ns = structs.section_ns.members;
const skb = structs.section_skb.members;
const nft = structs.section_nft.members;
const ct = structs.section_ct.members;
const connection = structs.ct_connection.members;

/** What follows the time in the header line, up to what says which packet it is; with the drop reason where nothing does. */
export const headerMemo = (layout: FrameLayout): TextMemo =>
  new TextMemo([
    slot.offset,
    cpu.offset,
    present.offset,
    ...memberWords(layout, "task", [task.comm, task.pid, task.tid]),
    ...(namesPackets(layout) ? [] : memberWords(layout, "drop", [drop.reason, drop.has_reason])),
  ]);

/** Which packet an event is of. */
export const packetMemo = (layout: FrameLayout, section: "tracking" | "series"): TextMemo =>
  new TextMemo(wordsFrom(layout, section, 0, structs.section_tracking.size));

/** Events of the layout may say which packet they are of. */
export const namesPackets = ({ offsets }: FrameLayout): boolean =>
  offsets.tracking !== undefined || offsets.series !== undefined;

/** Texts of one indentation. */
export interface Indentation {
  /** What stands between sections, and before what continues one. */
  readonly gap: string;
  /** The gap, as it is written with every event. */
  readonly separator: Literal;
  readonly deeper: string;
  readonly stacks: StackTexts;
  readonly places: TextMemo;
  readonly skb: TextMemo;
  readonly nft: TextMemo;
  readonly ct: TextMemo;
}

export function indentation(layout: FrameLayout, level: number, singleLine: boolean): Indentation {
  const gap = singleLine ? " " : `\n${" ".repeat(level + 2)}`;
  return {
    gap,
    separator: literal(gap),
    deeper: singleLine ? " " : `\n${" ".repeat(level + 6)}`,
    stacks: new StackTexts((frames) =>
      singleLine
        ? ` [${frames.join(", ")}]`
        : frames.map((frame) => `\n${" ".repeat(level + 4)}${frame}`).join(""),
    ),
    places: new TextMemo([
      present.offset,
      ...memberWords(layout, "ns", [ns.has_cookie, ns.cookie, ns.inum]),
      ...memberWords(layout, "dev", [dev.ifindex, dev.rx_ifindex, dev.name]),
    ]),
    // All but the address, the mark and the protocol, which are not shown.
    skb: new TextMemo([
      ...memberWords(layout, "skb", [skb.len, skb.data_len, skb.hash, skb.priority, skb.csum]),
      ...wordsFrom(layout, "skb", skb.vlan_proto.offset, structs.section_skb.size),
    ]),
    nft: new TextMemo(wordsFrom(layout, "nft", 0, structs.section_nft.size)),
    ct: new TextMemo([
      ...wordsFrom(layout, "ct", ct.connection.offset, ct.connection.offset + connection.reserved.offset),
      ...memberWords(layout, "ct", [ct.state, ct.has_parent]),
    ]),
  };
}

/** Sources of stored events give the same list for the same stack. */
export class StackTexts {
  readonly #known = new WeakMap<readonly string[], Literal>();
  readonly #textOf: (frames: readonly string[]) => string;

  constructor(textOf: (frames: readonly string[]) => string) {
    this.#textOf = textOf;
  }

  text(frames: readonly string[]): Literal {
    let text = this.#known.get(frames);
    if (text === undefined) {
      const bytes = Buffer.from(shownText(this.#textOf(frames)));
      text = literalOf(bytes, 0, bytes.length);
      this.#known.set(frames, text);
    }
    return text;
  }
}

function wordsFrom(layout: FrameLayout, section: SectionName, from: number, to: number): readonly number[] {
  const start = layout.offsets[section];
  if (start === undefined) return [];
  return Array.from({ length: (to - from) / 4 }, (_, word) => start + from + word * 4);
}

/** Numbers of texts from here on may mean another text in the next batch. */
const PASSING = 0x8000_0000;

/** Whether the text follows from the words of the section that begins at `at`. */
export function rememberedNft(view: DataView, at: number): boolean {
  const ids =
    view.getUint32(at + nft.table_name.offset, true) |
    view.getUint32(at + nft.chain_name.offset, true) |
    view.getUint32(at + nft.verdict_chain_name.offset, true);
  return ids >>> 0 < PASSING;
}

export const rememberedCt = (view: DataView, at: number): boolean =>
  view.getUint32(at + ct.has_parent.offset, true) === 0 &&
  view.getUint32(at + ct.connection.offset + connection.proto_state.offset, true) < PASSING;
