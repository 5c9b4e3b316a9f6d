/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
/* Metadata of the socket buffer and of what its fragments share. */
#include "../include/core_compat.bpf.h"
#include "../sections/skb.h"

/* skb_shared_info lies at the end of the linear buffer (skb_end_pointer()). */
static __always_inline void collect_shared_info(struct section_skb *section,
						const struct sk_buff *skb)
{
	u64 address = (u64)READ(skb, head) + READ(skb, end);
	const struct skb_shared_info *info = CAST(struct skb_shared_info, address);

	section->nr_frags = READ_CAST(info, nr_frags);
	section->gso_size = READ_CAST(info, gso_size);
	section->gso_segs = READ_CAST(info, gso_segs);
	section->gso_type = READ_CAST(info, gso_type);
	section->dataref = READ_CAST(info, dataref.counter);
	section->gso_flags = shared_info_has_flags(info) ? READ_CAST(info, flags) : 0;
}

static __always_inline bool collect_skb(struct section_skb *section, const struct sk_buff *skb)
{
	if (!skb)
		return false;
	section->address = (u64)skb;
	section->len = READ(skb, len);
	section->data_len = READ(skb, data_len);
	section->hash = READ(skb, hash);
	section->mark = READ(skb, mark);
	section->priority = READ(skb, priority);
	section->csum = READ(skb, csum);
	section->protocol = bpf_ntohs(READ(skb, protocol));
	section->queue_mapping = READ(skb, queue_mapping);
	section->vlan_present = skb_has_vlan_tag(skb);
	section->vlan_proto = bpf_ntohs(READ(skb, vlan_proto));
	section->vlan_tci = READ(skb, vlan_tci);
	section->pkt_type = READ_BITS(skb, pkt_type);
	section->ip_summed = READ_BITS(skb, ip_summed);
	section->csum_level = READ_BITS(skb, csum_level);
	section->nohdr = READ_BITS(skb, nohdr);
	section->cloned = READ_BITS(skb, cloned);
	section->fclone = READ_BITS(skb, fclone);
	section->users = READ(skb, users.refs.counter);
	section->has = SKB_HAS_META | SKB_HAS_DATA_REF | SKB_HAS_MORE;
	collect_shared_info(section, skb);
	return true;
}
