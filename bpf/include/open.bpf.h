/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
/* A hit with a packet -> a window that is filled and parsed: locate, read, walk the headers. */
#include "parse.bpf.h"

/* The tag that hardware acceleration took out of the packet is the outermost one. */
static __always_inline void window_add_tag(struct window *window)
{
	const struct sk_buff *skb = window->skb;

	if (window->start == START_NONE || !skb_has_vlan_tag(skb))
		return;
	window->layers.present |= LAYER_VLAN;
	window->layers.vlan_proto = bpf_ntohs(READ(skb, vlan_proto));
	window->layers.vlan_tci = READ(skb, vlan_tci);
}

/*
 * No packet, or nothing of it is looked at. `zero` is 0 without the verifier knowing it: else it
 * would tell apart, in all that follows, packets of which some member was set and packets of which
 * it was not.
 */
static __always_inline void window_clear(struct window *window, u32 zero)
{
	any_u64 *layers = (any_u64 *)&window->layers;

	window->packet_len = zero;
	window->len = zero;
	window->zero = zero;
	window->start = zero;
	layers[0] = zero;
	layers[1] = zero;
}

/* Fills the window of a hit whose skb is not NULL.  */
static __always_inline void window_open(struct window *window, struct hit *hit,
					const volatile struct slot *plan)
{
	window_locate(window, hit);
	if (window->start == START_NONE)
		return;
	window_read(window, hit, plan);
	window_parse(window, hit, plan);
}
