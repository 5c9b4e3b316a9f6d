// The network namespace: the device's, else the socket's.
import { integer, load, numberField } from "./constructors.js";
import type { SectionSchema } from "./section.js";

const ABSENT = "when the packet has neither device nor socket";
const paths = (...member: readonly string[]): readonly (readonly string[])[] => [
  ["dev", "nd_net", "net", ...member],
  ["sk", "__sk_common", "skc_net", "net", ...member],
];

export const ns: SectionSchema = {
  title: "Network namespace",
  words: [
    {
      kind: "section",
      name: "ns",
      presence: { kind: "section", section: "ns" },
      protocol: false,
      sections: ["ns"],
      doc: "the network namespace",
    },
  ],
  fields: [
    numberField(
      {
        name: "ns.inum",
        type: integer(32),
        doc: "inode number, as `ls -l /proc/PID/ns/net` shows it",
        absent: ABSENT,
        sections: ["ns"],
      },
      load({
        kind: "kernel",
        struct: "sk_buff",
        paths: paths("ns", "inum"),
        frame: { section: "ns", member: "inum" },
      }),
    ),
    numberField(
      {
        name: "ns.cookie",
        type: integer(64),
        doc: "cookie: unlike the inode number never used again",
        absent: `${ABSENT}, and on kernels before 5.12`,
        sections: ["ns"],
      },
      load(
        {
          kind: "kernel",
          struct: "sk_buff",
          paths: paths("net_cookie"),
          frame: { section: "ns", member: "cookie", presentIf: "has_cookie" },
        },
        false,
      ),
    ),
  ],
  eithers: [],
};
