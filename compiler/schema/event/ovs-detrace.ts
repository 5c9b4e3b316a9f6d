// Where a flow of the Open vSwitch datapath came from: an event of its own, kept as JSON.
import type { EventSection } from "./form.js";
import { member, textOnly } from "./place.js";

export const ovsDetrace: EventSection = {
  key: "ovs-detrace",
  doc: "Which OpenFlow rules a flow of the datapath was made of",
  origin: "retis",
  where: { kind: "extra" },
  members: [
    member("ufid", textOnly("words"), "unique id of the flow"),
    member("flow", textOnly("u64"), "address of the flow"),
    member("sf_acts", textOnly("u64"), "address of its actions"),
    member("dpflow", textOnly("text"), "flow of the datapath"),
    member("ofpflows", textOnly("texts"), "OpenFlow rules"),
  ],
};
