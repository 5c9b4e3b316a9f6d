// Which packet an event is of, as Retis' text: `#{id} (skb {address})`.
import { structs } from "../../compiler/schema/generated/layout.js";
import type { TextWriter } from "../packet/text-writer.js";

const members = structs.section_tracking.members;

/** `at`: where struct section_tracking begins, or struct section_series, which begins the same. */
export function writePacketId(out: TextWriter, view: DataView, at: number): void {
  const high = (offset: number): number => view.getUint32(at + offset + 4, true);
  const low = (offset: number): number => view.getUint32(at + offset, true);
  const { orig_head: head, timestamp: time, skb } = members;
  out.ascii(" #");
  // One number of 128 bits: the time above the address.
  if (high(time.offset) === 0 && low(time.offset) === 0) out.hex64(high(head.offset), low(head.offset));
  else {
    out.hex64(high(time.offset), low(time.offset));
    out.hex64Padded(high(head.offset), low(head.offset));
  }
  out.ascii(" (skb ");
  out.hex64(high(skb.offset), low(skb.offset));
  out.char(41);
}
