/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
/* The packet: its headers as predicates see them, and its first bytes. */
#include "../include/open.bpf.h"
#include "../sections/packet.h"

/* Opens the window where no predicate did. Returns how many bytes the frame carries. */
static __always_inline u32 prepare_packet(struct window *window, struct hit *hit,
					  const volatile struct slot *plan)
{
	u32 snap = layout.snap;

	if (!window->skb)
		return 0;
	if (!plan->window)
		window_open(window, hit, plan);
	if (!plan->vlan)
		window_add_tag(window);
	return hit->linear < snap ? hit->linear : snap;
}

/* `room`: packet bytes that the frame has place for. */
static __always_inline bool collect_packet(struct section_packet *packet, void *bytes, u32 captured,
					   u32 room, const struct window *window,
					   const struct hit *hit)
{
	if (window->start == START_NONE)
		return false;
	/* Always so; but the verifier may have lost what it knew of `captured`. */
	if (captured > room)
		captured = room;
	if (bpf_probe_read_kernel(bytes, captured, (const void *)hit->address))
		captured = 0;
	packet->len = window->packet_len;
	packet->captured = captured;
	packet->window = window->len;
	packet->start = window->start;
	packet->reserved = 0;
	packet->layers = window->layers;
	return true;
}
