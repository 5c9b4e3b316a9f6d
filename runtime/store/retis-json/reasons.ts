// Drop reasons of a file by number. A file has names alone, of whichever kernel it was made on: known ones get fixed
// numbers, so that a script compiled before the file is read means the same; others get free ones as they come.
import { knownDropReasons } from "../../../compiler/schema/drop-reasons.js";
import { DropReasons } from "../../outputs/drop-reasons.js";
import { EnumNames } from "../../outputs/enum-names.js";

/** enum skb_drop_reason_subsys of include/net/dropreason.h, and how Retis shows them. */
const SUBSYSTEMS: readonly (readonly [string, string, number])[] = [
  ["CORE", "core", 0],
  ["MAC80211_UNUSABLE", "mac80211_unusable", 1],
  ["MAC80211_MONITOR", "mac80211_monitor", 2],
  ["OPENVSWITCH", "openvswitch", 3],
  ["QDISC", "qdisc", 4],
];
const OPENVSWITCH = 3;
const SHIFT = 16;

/** enum ovs_drop_reason of net/openvswitch/drop.h, which begins at 1. */
const OVS_REASONS = [
  "LAST_ACTION",
  "ACTION_ERROR",
  "EXPLICIT",
  "EXPLICIT_WITH_ERROR",
  "METER",
  "RECURSION_LIMIT",
  "DEFERRED_LIMIT",
  "FRAG_L2_TOO_LONG",
  "FRAG_INVALID_PROTO",
  "CONNTRACK",
  "IP_TTL",
].map((name, index): readonly [string, number] => [`OVS_DROP_${name}`, (OPENVSWITCH << SHIFT) | (index + 1)]);

/** As Retis spells them -> number. */
export const storedReasons: readonly (readonly [string, number])[] = [
  ...knownDropReasons.map((name, number): readonly [string, number] => [name, number]),
  ...OVS_REASONS.map(([name, number]): readonly [string, number] => [`openvswitch/${name}`, number]),
];

export const storedSubsystems: readonly (readonly [string, number])[] = SUBSYSTEMS.map(
  ([, shown, number]): readonly [string, number] => [shown, number],
);

/** The enums of a made-up kernel whose numbers are those of stored events: for a compiler that has no kernel to ask. */
export function storedEnumValues(name: string): ReadonlyMap<string, bigint> | null {
  if (name === "skb_drop_reason") {
    return new Map([
      ...knownDropReasons.map((reason, number): [string, bigint] => [
        number < 2 ? `SKB_${reason}` : `SKB_DROP_REASON_${reason}`,
        BigInt(number),
      ]),
      ...OVS_REASONS.map(([reason, number]): [string, bigint] => [reason, BigInt(number)]),
    ]);
  }
  if (name === "skb_drop_reason_subsys")
    return new Map(
      SUBSYSTEMS.map(([member, , number]) => [`SKB_DROP_REASON_SUBSYS_${member}`, BigInt(number)]),
    );
  return null;
}

/** Numbers that `reasonOf` knows; it is asked once for each. */
class StoredReasons extends DropReasons {
  readonly #reasonOf: (value: number) => string | null;
  readonly #known = new Map<number, string>();

  constructor(reasonOf: (value: number) => string | null) {
    super({ enumValues: () => null });
    this.#reasonOf = reasonOf;
  }

  override text(reason: number): string {
    let text = this.#known.get(reason);
    if (text === undefined) {
      text = this.#reasonOf(reason) ?? String(reason);
      this.#known.set(reason, text);
    }
    return text;
  }
}

export class StoredEnums extends EnumNames {
  override readonly reasons: DropReasons;

  constructor(reasonOf: (value: number) => string | null) {
    super({ enumValues: storedEnumValues });
    this.reasons = new StoredReasons(reasonOf);
  }
}
