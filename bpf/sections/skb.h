/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
#include "../include/types.h"

/* Metadata of the socket buffer, as in struct sk_buff and struct skb_shared_info. */
struct section_skb {
	u64 address;
	u32 len;
	u32 data_len; /* bytes in page fragments */
	u32 hash;
	u32 mark;
	u32 priority;
	u32 csum;
	u16 protocol; /* EtherType, host order */
	u16 queue_mapping;
	u16 vlan_proto; /* host order; with vlan_present */
	u16 vlan_tci;
	u8 vlan_present; /* a tag was taken out of the packet (hardware acceleration) */
	u8 pkt_type;
	u8 ip_summed;
	u8 csum_level;
	u8 nohdr;
	u8 cloned;
	u8 fclone;
	u8 gso_flags;
	u32 users;
	u32 dataref;
	u32 gso_type;
	u16 gso_size; /* 0: not a GSO packet */
	u16 gso_segs;
	u32 nr_frags;
	u32 has; /* SKB_HAS_* */
};

/* Parts that Retis keeps apart, each of which a stored event may lack. */
enum skb_has {
	SKB_HAS_META = 1 << 0,
	SKB_HAS_DATA_REF = 1 << 1,
	/* address, mark, protocol, queue_mapping and pkt_type, which Retis' files have not */
	SKB_HAS_MORE = 1 << 2,
};
