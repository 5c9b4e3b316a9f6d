/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
/*
 * The bytes of a window -> struct layers: which headers there are, and where. Only headers that lie
 * within the window count; whatever needs a byte beyond it stays unknown.
 */
#include "transport.bpf.h"

enum ethertype {
	ETHERTYPE_IPV4 = 0x0800,
	ETHERTYPE_ARP = 0x0806,
	ETHERTYPE_IPV6 = 0x86dd,
	ETHERTYPE_VLAN = 0x8100,
	ETHERTYPE_QINQ = 0x88a8,
	ETHERTYPE_QINQ_OLD = 0x9100,
};

enum parse_limit {
	ETHERNET_BYTES = 14,
	TAG_BYTES = 4,
	IPV6_BYTES = 40,
	TRANSPORT_BYTES = 20,	  /* the fixed part of TCP, the longest */
	FRAGMENT_OFFSET = 0x1fff, /* IPv4, in units of 8 */
};

/* `protocol` in network order. */
static __always_inline bool is_tag(u16 protocol)
{
	switch (protocol) {
	case bpf_htons(ETHERTYPE_VLAN):
	case bpf_htons(ETHERTYPE_QINQ):
	case bpf_htons(ETHERTYPE_QINQ_OLD):
		return true;
	}
	return false;
}

static __always_inline void parse_ipv4(struct window *window, u64 offset)
{
	struct layers *layers = &window->layers;
	u32 first = window->bytes[offset], header = (first & 15) * 4, present = layers->present,
	    proto;

	if (first >> 4 != 4)
		return;
	present |= LAYER_IPV4;
	if (offset + 8 <= window->len && load_be16(window, offset + 6) & bpf_htons(FRAGMENT_OFFSET))
		present |= LAYER_FRAGMENT;
	layers->present = present;
	if (offset + 10 > window->len)
		return;
	proto = window->bytes[offset + 9];
	layers->l4_proto = proto;
	present |= LAYER_L4_PROTO;
	layers->present = present;
	if (header < 20 || present & LAYER_FRAGMENT)
		return;
	layers->l4 = offset + header;
	if (offset + header < window->len)
		layers->present = present | transport_layer(proto, false);
}

/* Returns whether there are extension headers to walk. */
static __always_inline bool parse_ipv6(struct window *window, u64 offset)
{
	struct layers *layers = &window->layers;
	u32 present = layers->present, proto;

	if (window->bytes[offset] >> 4 != 6)
		return false;
	layers->present = present | LAYER_IPV6;
	if (offset + 7 > window->len)
		return false;
	proto = window->bytes[offset + 6];
	if (extensions[proto] != EXTENSION_NONE)
		return true;
	layers->l4_proto = proto;
	layers->l4 = offset + IPV6_BYTES;
	present |= LAYER_IPV6 | LAYER_L4_PROTO;
	if (offset + IPV6_BYTES < window->len)
		present |= transport_layer(proto, true);
	layers->present = present;
	return false;
}

static __always_inline void parse_arp(struct window *window, u64 offset)
{
	struct layers *layers = &window->layers;

	layers->present |= LAYER_ARP;
	if (offset + 8 <= window->len && load_be16(window, offset) == bpf_htons(1) &&
	    load_be16(window, offset + 2) == bpf_htons(ETHERTYPE_IPV4) &&
	    load_be16(window, offset + 4) == bpf_htons(0x0604))
		layers->present |= LAYER_ARP_ETH_IPV4;
}

/* Ethernet and its tags. Returns the protocol of what follows them, in network order. */
static __always_inline u16 parse_ethernet(struct window *window, u64 *offset)
{
	struct layers *layers = &window->layers;
	u16 protocol;

	if (window->len < ETHERNET_BYTES)
		return 0;
	layers->present = LAYER_ETH;
	protocol = load_be16(window, 12);
	*offset = ETHERNET_BYTES;
	if (is_tag(protocol) && window->len >= ETHERNET_BYTES + TAG_BYTES) {
		layers->present = LAYER_ETH | LAYER_VLAN;
		layers->vlan_proto = bpf_ntohs(protocol);
		layers->vlan_tci = bpf_ntohs(load_be16(window, 14));
		protocol = load_be16(window, 16);
		*offset = ETHERNET_BYTES + TAG_BYTES;
		if (is_tag(protocol) && window->len >= ETHERNET_BYTES + 2 * TAG_BYTES) {
			protocol = load_be16(window, 20);
			*offset = ETHERNET_BYTES + 2 * TAG_BYTES;
		}
	}
	layers->l3 = *offset;
	return protocol;
}

/* Without a link layer header: what the skb says, else what the IP version says. In network order.
 */
static __always_inline u16 guess_protocol(const struct window *window)
{
	const struct sk_buff *skb = window->skb;
	u16 protocol = READ(skb, protocol);

	if (protocol == bpf_htons(ETHERTYPE_IPV4) || protocol == bpf_htons(ETHERTYPE_IPV6) ||
	    protocol == bpf_htons(ETHERTYPE_ARP))
		return protocol;
	if (!window->len)
		return 0;
	switch (window->bytes[0] >> 4) {
	case 4:
		return bpf_htons(ETHERTYPE_IPV4);
	case 6:
		return bpf_htons(ETHERTYPE_IPV6);
	}
	return 0;
}

/* The layers start out as zeros.  */
static __always_inline void window_parse(struct window *window, const struct hit *hit,
					 const volatile struct slot *plan)
{
	u64 offset = 0;
	u16 protocol;

	if (window->start == START_L2)
		protocol = parse_ethernet(window, &offset);
	else
		protocol = guess_protocol(window);
	if (!protocol)
		return;
	window->layers.protocol = bpf_ntohs(protocol);
	if (offset >= window->len)
		return;
	if (protocol == bpf_htons(ETHERTYPE_IPV4)) {
		parse_ipv4(window, offset);
	} else if (protocol == bpf_htons(ETHERTYPE_IPV6)) {
		if (parse_ipv6(window, offset)) {
			window_read_rest(window, hit, plan);
			parse_extensions(window, window->bytes[offset + 6], offset + IPV6_BYTES);
			return;
		}
	} else if (protocol == bpf_htons(ETHERTYPE_ARP)) {
		parse_arp(window, offset);
	}
	if (window->layers.l4 + TRANSPORT_BYTES > HEADERS)
		window_read_rest(window, hit, plan);
}
