/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
#include "../include/types.h"

/*
 * Which headers were found, and where: offsets count from the first byte of the window. In an order
 * in which the verifier loses what it knows of the values (it remembers those stored at multiples
 * of 8), so that it need not tell packets apart after parsing.
 */
struct layers {
	u16 vlan_tci;	/* of the outermost tag, accelerated or in the packet */
	u16 vlan_proto; /* EtherType of that tag: 0x8100, 0x88a8 */
	u32 present;	/* LAYER_* */
	u16 protocol;	/* EtherType after the tags; 0 when there is none */
	u16 l3;		/* offset of the ARP, IPv4 or IPv6 header */
	u16 l4;		/* offset of the transport header */
	u8 l4_proto;	/* IP protocol after IPv6 extension headers */
	u8 reserved;
};

enum layer {
	LAYER_ETH = 1 << 0,
	LAYER_VLAN = 1 << 1,
	LAYER_ARP = 1 << 2,
	LAYER_ARP_ETH_IPV4 = 1 << 3, /* hardware and protocol addresses have 6 and 4 bytes */
	LAYER_IPV4 = 1 << 4,
	LAYER_IPV6 = 1 << 5,
	LAYER_L4_PROTO = 1 << 6, /* l4_proto is known */
	LAYER_FRAGMENT = 1 << 7, /* not the first fragment: no transport header here */
	LAYER_TCP = 1 << 8,
	LAYER_UDP = 1 << 9,
	LAYER_ICMP = 1 << 10,
	LAYER_ICMPV6 = 1 << 11,
	LAYER_SCTP = 1 << 12,
};

/* Where the first byte of the window is. */
enum start {
	START_NONE, /* neither a MAC nor a network header is set */
	START_L2,
	START_L3,
};

/* The packet; its bytes are the last part of the frame. */
struct section_packet {
	u32 len;      /* from the first byte, whatever was captured */
	u16 captured; /* bytes in the frame */
	u16 window;   /* bytes that predicates saw: the linear ones, at most WINDOW */
	u16 start;    /* enum start */
	u16 reserved;
	struct layers layers;
};
