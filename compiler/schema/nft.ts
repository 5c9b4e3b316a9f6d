// What a rule or a policy of nftables decided. Stored events have it; live ones not yet.
import {
  and,
  boolean,
  enumeration,
  frameOnly,
  numberField,
  onlyIf,
  otherField,
  signedInteger,
} from "./constructors.js";
import { nftVerdicts } from "./event/nft.js";
import type { EnumSource, Field } from "./field.js";
import { NFT_HAS_RULE } from "./generated/layout.js";
import type { SectionSchema } from "./section.js";
import type { Value } from "./value.js";

const ABSENT = "where nftables does not decide about the packet";
const STORED = "only stored events have it";

const verdicts: EnumSource = {
  kind: "fixed",
  name: "verdict",
  values: new Map(Object.entries(nftVerdicts).map(([name, value]) => [name, BigInt(value)])),
};

const member = (name: string): Value => frameOnly({ section: "nft", member: name }, STORED);
const parts = { sections: ["nft"] as const, absent: ABSENT };

const name = (word: string, of: string, doc: string): Field =>
  otherField(
    { ...parts, name: `nft.${word}`, type: { kind: "string" }, doc },
    {
      kind: "string",
      value: {
        kind: "string",
        from: "interned",
        size: 0,
        frame: { section: "nft", member: of, presentIf: of },
      },
    },
  );

export const nft: SectionSchema = {
  title: "nftables",
  words: [
    {
      kind: "section",
      name: "nft",
      presence: { kind: "section", section: "nft" },
      protocol: false,
      sections: ["nft"],
      doc: "what nftables decided",
    },
  ],
  fields: [
    name("table", "table_name", "name of the table"),
    name("chain", "chain_name", "name of the chain"),
    numberField(
      {
        ...parts,
        name: "nft.handle",
        type: signedInteger(64),
        doc: "handle of the rule, as `nft -a list ruleset` shows it",
        absent: `${ABSENT}, and where the chain's policy did`,
      },
      onlyIf(member("rule_handle"), and(member("has"), BigInt(NFT_HAS_RULE)), "nonzero"),
    ),
    numberField(
      { ...parts, name: "nft.verdict", type: enumeration(verdicts), doc: "what was decided" },
      member("verdict"),
    ),
    name("target", "verdict_chain_name", "name of the chain that jump and goto lead to"),
    numberField(
      { ...parts, name: "nft.policy", type: boolean, doc: "the chain's policy decided, not a rule" },
      member("policy"),
    ),
  ],
  eithers: [],
};
