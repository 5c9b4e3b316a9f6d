// Drop reasons as Retis prints them: the kernel's names without their prefix, a subsystem's with its name before it.
import type { KernelFacts } from "../../compiler/kernel-facts.js";

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

export class DropReasons {
  readonly #texts = new Map<number, string>();
  readonly #subsystems = new Map<number, string>();

  constructor(kernel: Pick<KernelFacts, "enumValues">) {
    for (const [name, value] of kernel.enumValues("skb_drop_reason") ?? []) {
      this.#texts.set(Number(value), name.replace(/^SKB_(DROP_REASON_)?/, ""));
    }
    const known = kernel.enumValues("skb_drop_reason_subsys");
    for (const entry of SUBSYSTEMS) {
      const number = known?.get(`SKB_DROP_REASON_SUBSYS_${entry.subsystem}`);
      if (number === undefined) continue;
      this.#subsystems.set(Number(number), entry.shown);
      for (const [name, value] of kernel.enumValues(entry.enum) ?? []) {
        if (Number(value) >>> SUBSYSTEM_SHIFT !== Number(number)) continue;
        const short = name.replace(/^.*?(DROP_REASON|DROP|RX_DROP_[MU])_/, "");
        this.#texts.set(Number(value), `${entry.shown}/${short}`);
      }
    }
  }

  /** `NO_SOCKET`, `openvswitch/LAST_ACTION`, or the number when this kernel has no name for it. */
  text(reason: number): string {
    const known = this.#texts.get(reason);
    if (known !== undefined) return known;
    const owner = this.#subsystems.get(reason >>> SUBSYSTEM_SHIFT);
    const text = owner === undefined ? String(reason) : `${owner}/${reason}`;
    this.#texts.set(reason, text);
    return text;
  }
}
