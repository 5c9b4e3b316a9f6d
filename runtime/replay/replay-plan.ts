// A plan for stored events: frames lie as the source has them, and a packet whose way nobody knows has a probe of its own.
import type { FrameLayout, Plan, PlannedProbe } from "../../compiler/plan/plan.js";

/** Attach points of the prelude's `packet`: a packet of a capture is a hit of both. */
export const CAPTURED = { rx: "net:netif_receive_skb", tx: "net:net_dev_start_xmit" } as const;

/** The name that packets of unknown direction have in the source and in the plan. */
export const ANY_WAY = "packet";

/** `as`: all packets of the source are of this probe, whatever it says of them. */
export function replayPlan(plan: Plan, layout: FrameLayout, as: string | null): Plan {
  const ends = plan.probes.filter((probe) => probe.name === CAPTURED.rx || probe.name === CAPTURED.tx);
  const [first] = ends;
  if (first === undefined || as !== null) return { ...plan, layout };
  // Every `on` of either end sees the packet, and one of both ends sees it once.
  const clauses = [...new Set(ends.flatMap((probe) => probe.clauses))].sort((a, b) => a - b);
  const any: PlannedProbe = { ...first, slot: plan.probes.length, name: ANY_WAY, target: ANY_WAY, clauses };
  return { ...plan, layout, probes: [...plan.probes, any] };
}
