/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
/*
 * The bytes of a window -> struct layers: which headers there are, and where. Only headers that lie within the
 * window count; whatever needs a byte beyond it stays unknown.
 */
#include "window.bpf.h"

enum ethertype {
	ETHERTYPE_IPV4 = 0x0800,
	ETHERTYPE_ARP = 0x0806,
	ETHERTYPE_IPV6 = 0x86dd,
	ETHERTYPE_VLAN = 0x8100,
	ETHERTYPE_QINQ = 0x88a8,
	ETHERTYPE_QINQ_OLD = 0x9100,
};

enum ip_proto {
	PROTO_HOP_BY_HOP = 0,
	PROTO_ICMP = 1,
	PROTO_TCP = 6,
	PROTO_UDP = 17,
	PROTO_ROUTING = 43,
	PROTO_FRAGMENT = 44,
	PROTO_AH = 51,
	PROTO_ICMPV6 = 58,
	PROTO_DESTINATION = 60,
	PROTO_SCTP = 132,
	PROTO_MOBILITY = 135,
	PROTO_HIP = 139,
	PROTO_SHIM6 = 140,
};

enum parse_limit {
	ETHERNET_BYTES = 14,
	TAG_BYTES = 4,
	IPV6_BYTES = 40,
	TRANSPORT_BYTES = 20,	   /* the fixed part of TCP, the longest */
	IPV6_EXTENSIONS = 8,	   /* walked at most */
	FRAGMENT_OFFSET = 0x1fff,  /* IPv4, in units of 8 */
	FRAGMENT_OFFSET6 = 0xfff8, /* IPv6, the three flag bits cut off */
};

static __always_inline bool is_tag(u32 protocol)
{
	return protocol == ETHERTYPE_VLAN || protocol == ETHERTYPE_QINQ || protocol == ETHERTYPE_QINQ_OLD;
}

static __always_inline bool is_extension(u32 proto)
{
	switch (proto) {
	case PROTO_HOP_BY_HOP:
	case PROTO_ROUTING:
	case PROTO_FRAGMENT:
	case PROTO_AH:
	case PROTO_DESTINATION:
	case PROTO_MOBILITY:
	case PROTO_HIP:
	case PROTO_SHIM6:
		return true;
	}
	return false;
}

/* ICMP under IPv6 and ICMPv6 under IPv4 are numbers without a meaning here. */
static __always_inline u32 transport_layer(u32 proto, bool ipv6)
{
	switch (proto) {
	case PROTO_TCP:
		return LAYER_TCP;
	case PROTO_UDP:
		return LAYER_UDP;
	case PROTO_ICMP:
		return ipv6 ? 0 : LAYER_ICMP;
	case PROTO_ICMPV6:
		return ipv6 ? LAYER_ICMPV6 : 0;
	case PROTO_SCTP:
		return LAYER_SCTP;
	}
	return 0;
}

/*
 * IPv6 extension headers from `offset` on (RFC 8200 section 4; AH counts in units of 4, RFC 4302). Rare, so a
 * function of its own: the usual packet does not carry its code. Completes window->layers.
 */
static __noinline u32 parse_extensions(struct window *window, u32 proto, u32 offset)
{
	struct origin origin = {.stack_reads = stack_reads};
	struct layers *layers = &window->layers;
	u32 len = window->len;

	for (int i = 0; i <= IPV6_EXTENSIONS; i++) {
		u32 header = proto;

		if (!is_extension(header)) {
			layers->l4_proto = proto;
			layers->l4 = offset;
			layers->present |= LAYER_L4_PROTO;
			if (offset < len)
				layers->present |= transport_layer(proto, true);
			return 0;
		}
		if (i == IPV6_EXTENSIONS || offset + (header == PROTO_FRAGMENT ? 4 : 2) > len)
			return 0;
		proto = load8(window, &origin, offset);
		if (header == PROTO_FRAGMENT) {
			if (load16(window, &origin, offset + 2) & FRAGMENT_OFFSET6) {
				layers->l4_proto = proto;
				layers->present |= LAYER_FRAGMENT | LAYER_L4_PROTO;
				return 0;
			}
			offset += 8;
		} else if (header == PROTO_AH) {
			offset += (load8(window, &origin, offset + 1) + 2) * 4;
		} else {
			offset += (load8(window, &origin, offset + 1) + 1) * 8;
		}
	}
	return 0;
}

static __always_inline void parse_ipv4(const struct window *window, const struct origin *origin,
				       struct layers *layers)
{
	u32 len = window->len, offset = layers->l3;
	u32 first = load8(window, origin, offset);
	u32 header = (first & 15) * 4;

	if (first >> 4 != 4)
		return;
	layers->present |= LAYER_IPV4;
	if (offset + 8 <= len && load16(window, origin, offset + 6) & FRAGMENT_OFFSET)
		layers->present |= LAYER_FRAGMENT;
	if (offset + 10 > len)
		return;
	layers->present |= LAYER_L4_PROTO;
	layers->l4_proto = load8(window, origin, offset + 9);
	if (header < 20 || layers->present & LAYER_FRAGMENT)
		return;
	layers->l4 = offset + header;
	if (offset + header < len)
		layers->present |= transport_layer(layers->l4_proto, false);
}

/* Returns whether there are extension headers to walk: `proto` is the first. */
static __always_inline bool parse_ipv6(const struct window *window, const struct origin *origin,
				       struct layers *layers, u32 *proto)
{
	u32 len = window->len, offset = layers->l3;

	if (load8(window, origin, offset) >> 4 != 6)
		return false;
	layers->present |= LAYER_IPV6;
	if (offset + 7 > len)
		return false;
	*proto = load8(window, origin, offset + 6);
	if (is_extension(*proto))
		return true;
	layers->present |= LAYER_L4_PROTO;
	layers->l4_proto = *proto;
	layers->l4 = offset + IPV6_BYTES;
	if (offset + IPV6_BYTES < len)
		layers->present |= transport_layer(*proto, true);
	return false;
}

static __always_inline void parse_arp(const struct window *window, const struct origin *origin,
				      struct layers *layers)
{
	u32 offset = layers->l3;

	layers->present |= LAYER_ARP;
	if (offset + 8 <= window->len && load16(window, origin, offset) == 1 &&
	    load16(window, origin, offset + 2) == ETHERTYPE_IPV4 &&
	    load16(window, origin, offset + 4) == 0x0604)
		layers->present |= LAYER_ARP_ETH_IPV4;
}

/* Ethernet and its tags, up to the protocol of what follows them and its offset. */
static __always_inline void parse_ethernet(const struct window *window, const struct origin *origin,
					   struct layers *layers)
{
	u32 len = window->len, offset = ETHERNET_BYTES, protocol;

	if (len < ETHERNET_BYTES)
		return;
	layers->present = LAYER_ETH;
	protocol = load16(window, origin, offset - 2);
	if (is_tag(protocol) && offset + TAG_BYTES <= len) {
		layers->present |= LAYER_VLAN;
		layers->vlan_proto = protocol;
		layers->vlan_tci = load16(window, origin, offset);
		offset += TAG_BYTES;
		protocol = load16(window, origin, offset - 2);
		if (is_tag(protocol) && offset + TAG_BYTES <= len) {
			offset += TAG_BYTES;
			protocol = load16(window, origin, offset - 2);
		}
	}
	layers->protocol = protocol;
	layers->l3 = offset;
}

/* Without a link layer header: what the skb says, else what the IP version says. */
static __always_inline u32 guess_protocol(const struct window *window, const struct origin *origin)
{
	u32 protocol = bpf_ntohs(READ(window->skb, protocol));

	if (protocol == ETHERTYPE_IPV4 || protocol == ETHERTYPE_IPV6 || protocol == ETHERTYPE_ARP)
		return protocol;
	if (!window->len)
		return 0;
	switch (load8(window, origin, 0) >> 4) {
	case 4:
		return ETHERTYPE_IPV4;
	case 6:
		return ETHERTYPE_IPV6;
	}
	return 0;
}
