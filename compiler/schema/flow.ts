// The 5-tuple of the packet: the same values as ip.* and l4.* under one roof.
import { addressField, numberField, otherField } from "./constructors.js";
import type { Field } from "./field.js";
import { destinationAddress, ipProtocol, sourceAddress } from "./ip.js";
import { l4Dport, l4Sport } from "./l4.js";
import type { SectionSchema } from "./section.js";

/** The same value under another name. */
function renamed(of: Field, name: string, doc: string): Field {
  const parts = { name, type: of.type, doc, absent: of.absent, sections: of.sections };
  if (of.value.kind === "number") return numberField(parts, of.value.value);
  if (of.value.kind === "address") return addressField(parts, of.value.value);
  return otherField(parts, of.value);
}

export const flow: SectionSchema = {
  title: "Flow",
  words: [
    {
      kind: "section",
      name: "flow",
      presence: { kind: "layer", anyOf: ["IPV4", "IPV6"] },
      protocol: false,
      sections: ["packet"],
      doc: "the packet's addresses, ports and protocol",
    },
  ],
  fields: [
    otherField(
      {
        name: "flow",
        type: { kind: "flow" },
        doc: "addresses, ports and protocol, as one value",
        absent: "without an IPv4 or IPv6 header",
        sections: ["packet"],
      },
      { kind: "flow" },
    ),
    renamed(sourceAddress, "flow.saddr", "source address"),
    renamed(destinationAddress, "flow.daddr", "destination address"),
    renamed(l4Sport, "flow.sport", "source port"),
    renamed(l4Dport, "flow.dport", "destination port"),
    renamed(ipProtocol, "flow.proto", "protocol"),
  ],
  eithers: [],
};
