// What Open vSwitch told of its flows after they were looked up: kept by flow, and joined with the lookups.
import { OVS_FLOW_LOOKUP, structs } from "../../../compiler/schema/generated/layout.js";
import { splitObject } from "../../outputs/json-span.js";

const ovs = structs.section_ovs.members;

interface Detail {
  /** As JSON. */
  readonly dpflow: string;
  readonly ofpflows: string;
}

export class FlowDetails {
  readonly #details: Detail[] = [];
  /** Details of each flow, as they came. */
  readonly #byFlow = new Map<string, number[]>();

  get length(): number {
    return this.#details.length;
  }

  /** `extra`: JSON of an event's section `extra`. False: it has no such detail. */
  learn(extra: string): boolean {
    const json = splitObject(extra).get("ovs-detrace");
    if (json === undefined) return false;
    const detail = splitObject(json);
    const words = (detail.get("ufid") ?? "").replace(/[[\]\s]/g, "");
    const key = `${words}/${detail.get("flow") ?? ""}/${detail.get("sf_acts") ?? ""}`;
    const known = this.#byFlow.get(key);
    if (known === undefined) this.#byFlow.set(key, [this.#details.length]);
    else known.push(this.#details.length);
    this.#details.push({
      dpflow: detail.get("dpflow") ?? '""',
      ofpflows: detail.get("ofpflows") ?? "[]",
    });
    return true;
  }

  /** What is known of the flow of a lookup by the time that `known` details had come; null: nothing. */
  of(view: DataView, section: number, known: number): Detail | null {
    if (view.getUint32(section + ovs.event.offset, true) !== OVS_FLOW_LOOKUP) return null;
    const words = [0, 4, 8, 12].map((word) => view.getUint32(section + ovs.ufid.offset + word, true));
    const flow = view.getBigUint64(section + ovs.flow.offset, true);
    const actions = view.getBigUint64(section + ovs.sf_acts.offset, true);
    const found = this.#byFlow
      .get(`${words.join(",")}/${flow}/${actions}`)
      ?.findLast((index) => index < known);
    return found === undefined ? null : (this.#details[found] ?? null);
  }
}

/** The section `extra` of a lookup with the flow's detail in it. */
export function withDetail(extra: string | null, { dpflow, ofpflows }: Detail): string {
  const sections = splitObject(extra ?? "{}");
  const members = splitObject(sections.get("ovs") ?? "{}");
  members.set("dpflow", dpflow);
  members.set("ofpflows", ofpflows);
  sections.set("ovs", joined(members));
  return joined(sections);
}

const joined = (members: ReadonlyMap<string, string>): string =>
  `{${[...members].map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(",")}}`;
