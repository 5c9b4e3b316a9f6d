/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
/* The network namespace that the packet is in. */
#include "../include/core_compat.bpf.h"
#include "../sections/ns.h"

static __always_inline const struct net *skb_net(const struct sk_buff *skb)
{
	const struct net_device *dev = READ(skb, dev);
	const struct net *net = NULL;
	const struct sock *sk;

	if (dev)
		net = READ(dev, nd_net.net);
	if (net)
		return net;
	sk = READ(skb, sk);
	return sk ? READ(sk, __sk_common.skc_net.net) : NULL;
}

static __always_inline bool collect_ns(struct section_ns *section, const struct sk_buff *skb)
{
	const struct net *net;

	if (!skb)
		return false;
	net = skb_net(skb);
	if (!net)
		return false;
	section->inum = READ(net, ns.inum);
	section->has_cookie = net_has_cookie(net);
	section->cookie = net_has_cookie(net) ? READ(net, net_cookie) : 0;
	return section->inum;
}
