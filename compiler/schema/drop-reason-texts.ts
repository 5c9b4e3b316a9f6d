// Drop reasons as Retis shows them: the kernel's names without their prefix, a subsystem's with its name before it.
import type { KernelFacts } from "../kernel-facts.js";
import { isValueName } from "./enum-names.js";

/** The upper half of a reason says whose it is: SKB_DROP_REASON_SUBSYS_SHIFT (kernel commit 071c0fc6fb91, 6.4). */
const SUBSYSTEM_SHIFT = 16;

/** Enums of the subsystems; which of them a kernel has is in `enum skb_drop_reason_subsys`. */
const SUBSYSTEMS = [
  { subsystem: "MAC80211_UNUSABLE", shown: "mac80211_unusable", enum: "mac80211_drop_reason" },
  { subsystem: "MAC80211_MONITOR", shown: "mac80211_monitor", enum: "mac80211_drop_reason" },
  { subsystem: "OPENVSWITCH", shown: "openvswitch", enum: "ovs_drop_reason" },
  { subsystem: "QDISC", shown: "qdisc", enum: "qdisc_drop_reason" },
] as const;

/** All enums of the kernel that have a part in it. */
export const REASON_ENUMS: readonly string[] = [
  "skb_drop_reason",
  "skb_drop_reason_subsys",
  ...new Set(SUBSYSTEMS.map((entry) => entry.enum)),
];

export interface DropReasonTexts {
  /** `NO_SOCKET`, `openvswitch/LAST_ACTION`. */
  readonly reasons: ReadonlyMap<number, string>;
  /** The subsystem whose a reason is that has no name itself; null: of none that is known. */
  ownerOf(reason: number): string | null;
}

export function dropReasonTexts(kernel: Pick<KernelFacts, "enumValues">): DropReasonTexts {
  const subsystems = new Map<number, string>();
  const reasons = new Map<number, string>();
  const known = kernel.enumValues("skb_drop_reason_subsys");
  const ownerOf = (reason: number): string | null => subsystems.get(reason >>> SUBSYSTEM_SHIFT) ?? null;
  for (const entry of SUBSYSTEMS) {
    const number = Number(known?.get(`SKB_DROP_REASON_SUBSYS_${entry.subsystem}`) ?? 0n);
    if (number === 0) continue;
    subsystems.set(number, entry.shown);
    for (const [name, value] of kernel.enumValues(entry.enum) ?? []) {
      if (Number(value) >>> SUBSYSTEM_SHIFT !== number || !isValueName(name)) continue;
      const short = name.replace(/^.*?(DROP_REASON|DROP|RX_DROP_[MU])_/, "");
      reasons.set(Number(value), `${entry.shown}/${short}`);
    }
  }
  // Stored events have those of subsystems among the others.
  for (const [name, value] of kernel.enumValues("skb_drop_reason") ?? []) {
    if (!isValueName(name)) continue;
    const owner = ownerOf(Number(value));
    const short = name.replace(/^SKB_(DROP_REASON_)?/, "");
    reasons.set(Number(value), owner === null ? short : `${owner}/${short}`);
  }
  return { reasons, ownerOf };
}
