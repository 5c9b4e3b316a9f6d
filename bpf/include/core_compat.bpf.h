/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
/* What differs between kernels, and since when. Asked of the running kernel's BTF, never of its
 * version. */
#include "access.bpf.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* 6.2 to 6.14: on x86 the preemption count lay in this structure. */
struct pcpu_hot___6_2 {
	int preempt_count;
};

#pragma clang attribute pop

/*
 * A VLAN tag that was taken out of the packet. Until 354259fa73e2 ("net: remove skb->vlan_present",
 * 6.2) a bit told that there is one; since then proto and tci, seen as one number, are 0 when there
 * is none.
 */
static __always_inline bool skb_has_vlan_tag(const struct sk_buff *skb)
{
	if (bpf_core_field_exists(skb->vlan_all))
		return READ(skb, vlan_all);
	if (bpf_core_field_exists(skb->vlan_present))
		return READ_BITS(skb, vlan_present);
	return false;
}

/* A number since 5.12 (3d368ab87cf6); before, an atomic_t that is 0 until somebody asks for it. */
static __always_inline bool net_has_cookie(const struct net *net)
{
	return bpf_core_field_exists(net->net_cookie);
}

/* Since 5.12 (06b4feb37e64). */
static __always_inline bool shared_info_has_flags(const struct skb_shared_info *info)
{
	return bpf_core_field_exists(info->flags);
}
