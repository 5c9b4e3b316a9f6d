/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
/*
 * sk_buff -> where the packet begins -> its first bytes in struct window. Two reads at most: most
 * packets have all headers within HEADERS bytes; the rest is read when they do not, or when
 * decide() wants it.
 */
#include "core_compat.bpf.h"
#include "maps.bpf.h"
#include "window.h"

/* What is remembered of a hit besides the window. */
struct hit {
	u64 address; /* of the window's first byte, in kernel memory */
	u32 linear;  /* bytes from there on that are not in page fragments */
	u32 cpu;
	const struct net_device *dev;
	const struct sock *sk;
};

/*
 * For each time that the verifier sees a pointer loaded from an argument of a tracepoint, it looks
 * through all types of the kernel, four times, 1 ms: so once for all, and through a cast, which it
 * trusts less and asks less about, where there is one.
 */
static __always_inline void hit_pointers(struct hit *hit, const struct sk_buff *skb,
					 const volatile struct slot *plan)
{
	const struct sk_buff *from = CAST(struct sk_buff, skb);

	if (plan->window || plan->wants[SECTION_DEV] || plan->wants[SECTION_NS])
		hit->dev = READ(from, dev);
	if (plan->wants[SECTION_NS])
		hit->sk = READ(from, sk);
}

/* mac_header before it is set: (typeof(skb->mac_header))~0U. */
#define HEADER_NOT_SET 0xffff

/*
 * Tunnels and raw IP devices set mac_header too, with nothing of Ethernet there. Type 0 is what a
 * read through a stale pointer gives (skb->dev shares its place with dev_scratch): not a reason to
 * doubt.
 */
static __always_inline bool device_lacks_ethernet(const struct net_device *dev)
{
	u16 type;

	if (!dev)
		return false;
	type = READ(dev, type);
	return type && type != ARPHRD_ETHER && type != ARPHRD_LOOPBACK;
}

/* Sets start, len and packet_len: all that can be said without reading the packet. */
static __always_inline void window_locate(struct window *window, struct hit *hit)
{
	const struct sk_buff *skb = window->skb;
	u32 mac = READ(skb, mac_header), header = READ(skb, network_header);
	u32 start = START_L3, data_len;
	s64 linear;

	if (mac != HEADER_NOT_SET && (header != mac || READ(skb, mac_len)) &&
	    !device_lacks_ethernet(hit->dev)) {
		header = mac;
		start = START_L2;
	} else if (!header || header == HEADER_NOT_SET) {
		return;
	}
	hit->address = (u64)READ(skb, head) + header;
	data_len = READ(skb, data_len);
	linear = (u64)READ(skb, data) + READ(skb, len) - data_len - hit->address;
	if (linear < 0)
		return;
	window->start = start;
	hit->linear = linear;
	window->len = linear < WINDOW ? linear : WINDOW;
	window->packet_len = linear + data_len;
}

/* Whether everything is read at once. Constant in the verifier's eyes. */
static __always_inline bool window_is_whole(const volatile struct slot *plan)
{
	return plan->window > HEADERS || stack_reads == STACK_READS_INITIALIZED;
}

/*
 * Reads whole stretches, though fewer bytes may be valid: constant sizes spare a loop over the
 * stack, and skb_shared_info (320 bytes) follows the linear data, so that a read past its end stays
 * within the buffer. What lies beyond window->len is never looked at.
 */
static __always_inline void window_read(struct window *window, const struct hit *hit,
					const volatile struct slot *plan)
{
	bool done;

	if (window_is_whole(plan))
		done = !bpf_probe_read_kernel(window->bytes, WINDOW, (const void *)hit->address);
	else
		done = read_words((any_u64 *)window->bytes, hit->address, HEADERS / sizeof(u64));
	if (!done)
		window->len = window->zero;
}

static __always_inline void window_read_rest(struct window *window, const struct hit *hit,
					     const volatile struct slot *plan)
{
	const void *from = (const void *)hit->address + HEADERS;

	if (window->len <= HEADERS || window_is_whole(plan))
		return;
	if (bpf_probe_read_kernel(window->bytes + HEADERS, WINDOW - HEADERS, from))
		window->len = HEADERS;
}

/*
 * Two bytes of the window in network order. `offset` is even and one of few constants on each path,
 * which is what lets the verifier see an aligned access to the stack, on every kernel.
 */
static __always_inline u16 load_be16(const struct window *window, u64 offset)
{
	return *(const any_u16 *)(window->bytes + offset);
}
