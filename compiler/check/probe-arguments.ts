// What the parameters of a tracepoint give: a packet, a drop reason, a drop location. By type, since BTF has prototypes
// without names.
import type { Parameter, Tracepoint } from "../kernel-facts.js";

/** Positions among the parameters; null: the probe has no such argument. */
export interface ProbeArguments {
  readonly skb: number | null;
  readonly reason: number | null;
  readonly location: number | null;
}

export function probeArguments(tracepoint: Tracepoint): ProbeArguments {
  const { parameters } = tracepoint;
  return {
    skb: position(parameters, "struct sk_buff *"),
    reason: position(parameters, "enum skb_drop_reason"),
    // consume_skb has a location too since 6.2 (commit dd1b527831a3), but a consumed packet is not dropped.
    location: isDrop(tracepoint) ? position(parameters, "void *") : null,
  };
}

/** The tracepoint of drops, which has had a reason since 5.17 (commit c504e5c2f964). */
export const isDrop = (tracepoint: Tracepoint): boolean => tracepoint.event === "kfree_skb";

function position(parameters: readonly Parameter[], typeName: string): number | null {
  const index = parameters.findIndex((parameter) => parameter.typeName === typeName);
  return index < 0 ? null : index;
}
