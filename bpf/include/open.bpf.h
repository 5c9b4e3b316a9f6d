/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
/* A hit with a packet -> a window that is filled and parsed: locate, read, walk the headers. */
#include "parse.bpf.h"

/* The tag that hardware acceleration took out of the packet is the outermost one. */
static __always_inline void window_add_tag(struct window *window)
{
	const struct sk_buff *skb = window->skb;

	if (!skb_has_vlan_tag(skb))
		return;
	window->layers.present |= LAYER_VLAN;
	window->layers.vlan_proto = bpf_ntohs(READ(skb, vlan_proto));
	window->layers.vlan_tci = READ(skb, vlan_tci);
}

/* No packet, or nothing of it is looked at. */
static __always_inline void window_clear(struct window *window)
{
	window->len = 0;
	window->packet_len = 0;
	window->start = START_NONE;
	window->reserved = 0;
	__builtin_memset(&window->layers, 0, sizeof(window->layers));
}

static __always_inline void window_parse(struct window *window, const struct origin *origin)
{
	struct layers layers = {};
	bool extended = false;
	u32 proto = 0;

	if (window->start == START_L2)
		parse_ethernet(window, origin, &layers);
	else
		layers.protocol = guess_protocol(window, origin);
	if (layers.l3 < window->len) {
		if (layers.protocol == ETHERTYPE_IPV4)
			parse_ipv4(window, origin, &layers);
		else if (layers.protocol == ETHERTYPE_IPV6)
			extended = parse_ipv6(window, origin, &layers, &proto);
		else if (layers.protocol == ETHERTYPE_ARP)
			parse_arp(window, origin, &layers);
	}
	window->layers = layers;
	if (extended || layers.l4 + TRANSPORT_BYTES > HEADERS)
		window_read_rest(window, origin);
	if (extended)
		parse_extensions(window, proto, layers.l3 + IPV6_BYTES);
}

/* Fills the window of a hit whose skb is not NULL. `want`: as slot.window. */
static __always_inline void window_open(struct window *window, struct origin *origin, u32 want)
{
	origin->stack_reads = stack_reads;
	origin->whole = want > HEADERS || origin->stack_reads == STACK_READS_INITIALIZED;
	window_locate(window, origin);
	if (window->start == START_NONE)
		return;
	window_read(window, origin);
	window_parse(window, origin);
}
