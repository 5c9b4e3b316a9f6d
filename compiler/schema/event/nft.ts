// What nftables decided.
import * as layout from "../generated/layout.js";
import type { EventSection } from "./form.js";
import { boolean, hasBit, interned, member, names, optional, s64, within } from "./place.js";

const nft = within("nft");

/** include/uapi/linux/netfilter.h and nf_tables.h, as Retis spells them. */
export const nftVerdicts = {
  unknown: layout.NFT_VERDICT_UNKNOWN,
  continue: layout.NFT_VERDICT_CONTINUE,
  break: layout.NFT_VERDICT_BREAK,
  jump: layout.NFT_VERDICT_JUMP,
  goto: layout.NFT_VERDICT_GOTO,
  return: layout.NFT_VERDICT_RETURN,
  drop: layout.NFT_VERDICT_DROP,
  accept: layout.NFT_VERDICT_ACCEPT,
  stolen: layout.NFT_VERDICT_STOLEN,
  queue: layout.NFT_VERDICT_QUEUE,
  repeat: layout.NFT_VERDICT_REPEAT,
  stop: layout.NFT_VERDICT_STOP,
};

export const nftSection: EventSection = {
  key: "nft",
  doc: "What a rule or a policy of nftables decided",
  origin: "retis",
  where: { kind: "section", section: "nft" },
  members: [
    member("table_name", interned(nft("table_name")), "name of the table"),
    member("chain_name", interned(nft("chain_name")), "name of the chain"),
    member("verdict", names(nft("verdict"), nftVerdicts), "what was decided"),
    optional(
      "verdict_chain_name",
      interned(nft("verdict_chain_name")),
      hasBit(nft("has"), layout.NFT_HAS_VERDICT_CHAIN),
      "unless the verdict is jump or goto",
      "name of the chain that it leads to",
    ),
    member("table_handle", s64(nft("table_handle")), "handle of the table"),
    member("chain_handle", s64(nft("chain_handle")), "handle of the chain"),
    optional(
      "rule_handle",
      s64(nft("rule_handle")),
      hasBit(nft("has"), layout.NFT_HAS_RULE),
      "where no rule decided",
      "handle of the rule",
    ),
    member("policy", boolean(nft("policy")), "the chain's policy decided, not a rule"),
  ],
};
