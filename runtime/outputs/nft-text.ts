// The nftables section as Retis' text: `table fw (13) chain incoming (2) handle 4 drop`.
import { NFT_HAS_RULE, NFT_HAS_VERDICT_CHAIN, structs } from "../../compiler/schema/generated/layout.js";
import type { TextWriter } from "../packet/text-writer.js";
import type { Strings } from "./names.js";

const nft = structs.section_nft.members;

/** enum nft_verdict (bpf/sections/nft.h). */
const VERDICTS = [
  "unknown",
  "continue",
  "break",
  "jump",
  "goto",
  "return",
  "drop",
  "accept",
  "stolen",
  "queue",
  "repeat",
  "stop",
] as const;

export function writeNft(out: TextWriter, view: DataView, at: number, strings: Strings): void {
  const u32 = (member: { readonly offset: number }): number => view.getUint32(at + member.offset, true);
  const handle = (member: { readonly offset: number }): void =>
    out.decBig(view.getBigInt64(at + member.offset, true));
  const has = u32(nft.has);
  out.ascii("table ");
  out.utf8(strings.text(u32(nft.table_name)));
  out.ascii(" (");
  handle(nft.table_handle);
  out.ascii(") chain ");
  out.utf8(strings.text(u32(nft.chain_name)));
  out.ascii(" (");
  handle(nft.chain_handle);
  out.char(41);
  if ((has & NFT_HAS_RULE) !== 0) {
    out.ascii(" handle ");
    handle(nft.rule_handle);
  }
  out.ascii(` ${VERDICTS[u32(nft.verdict)] ?? "unknown"}`);
  if (u32(nft.policy) !== 0) out.ascii(" (policy)");
  if ((has & NFT_HAS_VERDICT_CHAIN) !== 0) {
    out.ascii(" chain ");
    out.utf8(strings.text(u32(nft.verdict_chain_name)));
  }
}
