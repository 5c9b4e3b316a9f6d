/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
/* The network namespace that the packet is in. */
#include "../include/core_compat.bpf.h"
#include "../sections/ns.h"

static __always_inline const struct net *skb_net(const struct net_device *dev,
						 const struct sock *sk)
{
	const struct net *net = NULL;

	if (dev)
		net = READ(dev, nd_net.net);
	if (net)
		return net;
	return sk ? READ(sk, __sk_common.skc_net.net) : NULL;
}

static __always_inline bool collect_ns(struct section_ns *section, const struct net_device *dev,
				       const struct sock *sk)
{
	const struct net *net;

	net = skb_net(dev, sk);
	if (!net)
		return false;
	section->inum = READ(net, ns.inum);
	section->has_cookie = net_has_cookie(net);
	section->cookie = net_has_cookie(net) ? READ(net, net_cookie) : 0;
	return section->inum;
}
