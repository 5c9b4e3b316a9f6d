/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
/*
 * sk_buff -> where the packet begins -> its first bytes in struct window. Two reads at most: most packets
 * have all headers within HEADERS bytes; the rest is read when they do not, or when decide() wants it.
 */
#include "core_compat.bpf.h"
#include "maps.bpf.h"
#include "window.h"

/* What a window is filled from. */
struct origin {
	u64 address;	 /* of its first byte, in kernel memory */
	u32 linear;	 /* bytes from there on that are not in page fragments */
	u32 stack_reads; /* enum stack_reads, read once */
	bool whole;	 /* everything has been read, not HEADERS bytes only */
};

/* mac_header before it is set: (typeof(skb->mac_header))~0U. */
#define HEADER_NOT_SET 0xffff

/*
 * Tunnels and raw IP devices set mac_header too, with nothing of Ethernet there. Type 0 is what a read through
 * a stale pointer gives (skb->dev shares its place with dev_scratch): not a reason to doubt.
 */
static __always_inline bool device_lacks_ethernet(const struct sk_buff *skb)
{
	const struct net_device *dev = READ(skb, dev);
	u16 type;

	if (!dev)
		return false;
	type = READ(dev, type);
	return type && type != ARPHRD_ETHER && type != ARPHRD_LOOPBACK;
}

static __always_inline u32 choose_start(const struct sk_buff *skb, u32 mac, u32 network)
{
	if (mac != HEADER_NOT_SET && !(network == mac && !READ(skb, mac_len)) &&
	    !device_lacks_ethernet(skb))
		return START_L2;
	if (network && network != HEADER_NOT_SET)
		return START_L3;
	return START_NONE;
}

/* Sets start, len and packet_len: all that can be said without reading the packet. */
static __always_inline void window_locate(struct window *window, struct origin *origin)
{
	const struct sk_buff *skb = window->skb;
	u32 mac = READ(skb, mac_header);
	u32 network = READ(skb, network_header);
	u32 start = choose_start(skb, mac, network);
	u64 address = (u64)READ(skb, head) + (start == START_L2 ? mac : network);
	u32 data_len = READ(skb, data_len);
	s64 linear = (u64)READ(skb, data) + READ(skb, len) - data_len - address;

	window->start = start;
	window->len = 0;
	window->packet_len = 0;
	origin->linear = 0;
	origin->address = address;
	if (start == START_NONE || linear < 0)
		return;
	origin->linear = linear;
	window->len = linear < WINDOW ? linear : WINDOW;
	window->packet_len = linear + data_len;
}

/*
 * Reads whole stretches, though fewer bytes may be valid: constant sizes spare a loop over the stack, and
 * skb_shared_info (320 bytes) follows the linear data, so that a read past its end stays within the buffer.
 * What lies beyond window->len is never looked at.
 */
static __always_inline void window_read(struct window *window, const struct origin *origin)
{
	const void *from = (const void *)origin->address;
	long error = origin->whole ? bpf_probe_read_kernel(window->bytes, WINDOW, from)
				   : bpf_probe_read_kernel(window->bytes, HEADERS, from);

	if (error)
		window->len = 0;
}

static __always_inline void window_read_rest(struct window *window, const struct origin *origin)
{
	const void *from = (const void *)origin->address + HEADERS;

	if (origin->whole || window->len <= HEADERS)
		return;
	if (bpf_probe_read_kernel(window->bytes + HEADERS, WINDOW - HEADERS, from))
		window->len = HEADERS;
}

/* A load for kernels that refuse variable offsets on the stack. Pure: it spares the caller reloads. */
static __noinline __attribute__((pure)) u32 load8_fixed(const struct window *window, u32 offset)
{
	u8 byte = 0;

	bpf_probe_read_kernel(&byte, sizeof(byte), window->bytes + (offset & (WINDOW - 1)));
	return byte;
}

/* The loads of the header walk. Offsets lie below window->len; the mask tells the verifier. */
static __always_inline u32 load8(const struct window *window, const struct origin *origin, u32 offset)
{
	if (origin->stack_reads == STACK_READS_FIXED)
		return load8_fixed(window, offset);
	return window->bytes[offset & (WINDOW - 1)];
}

static __always_inline u32 load16(const struct window *window, const struct origin *origin, u32 offset)
{
	return load8(window, origin, offset) << 8 | load8(window, origin, offset + 1);
}
