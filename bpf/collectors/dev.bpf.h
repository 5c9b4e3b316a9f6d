/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
/* The device that the packet is on. */
#include "../include/access.bpf.h"
#include "../sections/dev.h"

static __always_inline bool collect_dev(struct section_dev *section, const struct sk_buff *skb,
					const struct net_device *dev)
{
	u32 ifindex;

	if (!dev)
		return false;
	/* Never 0, unless the pointer is something else: skb->dev shares its place with
	 * dev_scratch. */
	ifindex = READ(dev, ifindex);
	if (!ifindex)
		return false;
	section->ifindex = ifindex;
	section->rx_ifindex = READ(skb, skb_iif);
	return read_words((any_u64 *)section->name, (u64)dev->name,
			  sizeof(section->name) / sizeof(u64));
}
