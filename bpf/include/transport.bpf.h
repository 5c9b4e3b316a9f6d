/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
/* From the IP header on: which transport header there is, and, in IPv6, where. */
#include "window.bpf.h"

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

/*
 * What kind of IPv6 extension header a protocol number is. A table: for the verifier one way, not
 * one a number.
 */
enum extension { EXTENSION_NONE, EXTENSION_OPTIONS, EXTENSION_AH, EXTENSION_FRAGMENT };

enum { MAX_EXTENSIONS = 8 }; /* that are walked */

static const u8 extensions[256] = {
	[PROTO_HOP_BY_HOP] = EXTENSION_OPTIONS,
	[PROTO_ROUTING] = EXTENSION_OPTIONS,
	[PROTO_DESTINATION] = EXTENSION_OPTIONS,
	[PROTO_MOBILITY] = EXTENSION_OPTIONS,
	[PROTO_HIP] = EXTENSION_OPTIONS,
	[PROTO_SHIM6] = EXTENSION_OPTIONS,
	[PROTO_AH] = EXTENSION_AH,
	[PROTO_FRAGMENT] = EXTENSION_FRAGMENT,
};

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
 * IPv6 extension headers from `start` on (RFC 8200 section 4; AH counts in units of 4, RFC 4302).
 * Rare, so a function of its own: the usual packet does not carry its code. Completes
 * window->layers.
 */
static __noinline u32 parse_extensions(struct window *window, u32 proto, u32 start)
{
	struct layers *layers = &window->layers;
	u32 len = window->len, present = layers->present;
	/* Volatile: in memory the verifier forgets the range, and need not tell the ways to get
	 * here apart. */
	volatile u16 next = start;
	u8 header[4];

	for (int i = 0; i <= MAX_EXTENSIONS; i++) {
		u32 kind = extensions[proto & 0xff], offset = next;

		if (kind == EXTENSION_NONE) {
			layers->l4_proto = proto;
			layers->l4 = offset;
			present |= LAYER_L4_PROTO;
			if (offset < len)
				present |= transport_layer(proto, true);
			layers->present = present;
			return 0;
		}
		if (i == MAX_EXTENSIONS || offset + (kind == EXTENSION_FRAGMENT ? 4 : 2) > len)
			return 0;
		/* By a probe read, though it lies on the stack: before 5.12 a load may not be at
		 * any offset. */
		bpf_probe_read_kernel(header, sizeof(header), window->bytes + offset);
		proto = header[0];
		if (kind == EXTENSION_OPTIONS) {
			next = offset + (header[1] + 1) * 8;
		} else if (kind == EXTENSION_AH) {
			next = offset + (header[1] + 2) * 4;
		} else if (header[2] || header[3] & 0xf8) {
			layers->l4_proto = proto;
			layers->present = present | LAYER_FRAGMENT | LAYER_L4_PROTO;
			return 0;
		} else {
			next = offset + 8;
		}
	}
	return 0;
}
