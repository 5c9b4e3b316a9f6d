/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
#include "../include/types.h"

/* What an nftables rule or policy decided. */
struct section_nft {
	s64 table_handle;
	s64 chain_handle;
	s64 rule_handle; /* with NFT_HAS_RULE */
	u32 table_name;	 /* interned */
	u32 chain_name;
	u32 verdict;		/* enum nft_verdict */
	u32 verdict_chain_name; /* with NFT_HAS_VERDICT_CHAIN: where jump and goto lead */
	u32 policy;		/* 1: the chain's policy decided, no rule */
	u32 has;		/* NFT_HAS_* */
};

enum nft_has {
	NFT_HAS_RULE = 1 << 0,
	NFT_HAS_VERDICT_CHAIN = 1 << 1,
};

enum nft_verdict {
	NFT_VERDICT_UNKNOWN,
	NFT_VERDICT_CONTINUE,
	NFT_VERDICT_BREAK,
	NFT_VERDICT_JUMP,
	NFT_VERDICT_GOTO,
	NFT_VERDICT_RETURN,
	NFT_VERDICT_DROP,
	NFT_VERDICT_ACCEPT,
	NFT_VERDICT_STOLEN,
	NFT_VERDICT_QUEUE,
	NFT_VERDICT_REPEAT,
	NFT_VERDICT_STOP,
};
