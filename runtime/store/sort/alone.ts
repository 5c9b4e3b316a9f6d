// Events of a source that knows of no packets' ways, as a sorted source: each is a series of its own, in their order.
import { FRAME_SERIES, structs } from "../../../compiler/schema/generated/layout.js";
import { frameSize } from "../../events/frame.js";
import type { EventSource, SourceBatch } from "../../events/source.js";

const flags = structs.frame.members.flags.offset;

export function eachAlone(source: EventSource): EventSource {
  return {
    header: { ...source.header, sorted: true },
    names: source.names,
    enums: source.enums,
    get problems() {
      return source.problems;
    },
    get lost() {
      return source.lost;
    },
    async *batches(): AsyncGenerator<SourceBatch> {
      for await (const batch of source.batches()) {
        const { view, length } = batch;
        for (let at = 0; at < length; at += frameSize(view, at))
          view.setUint16(at + flags, view.getUint16(at + flags, true) | FRAME_SERIES, true);
        yield batch;
      }
    },
    close: () => source.close(),
  };
}
