/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
/*
 * A hit that some clause holds for -> one frame in the ring, with the sections that those clauses
 * want. Built in place: a softirq may nest inside, so that no buffer of this CPU would be safe.
 */
#include "collectors/dev.bpf.h"
#include "collectors/drop.bpf.h"
#include "collectors/ns.bpf.h"
#include "collectors/packet.bpf.h"
#include "collectors/skb.bpf.h"
#include "collectors/stack.bpf.h"
#include "collectors/task.bpf.h"
#include "include/count.bpf.h"
#include "include/open.bpf.h"

/* Of a frame with room for `snap` packet bytes: a constant in the verifier's eyes, which is what
 * the ring takes. */
static __always_inline u32 frame_size(u32 snap)
{
	return (layout.bytes + snap + 7) & ~7U;
}

/* In the smallest size class that takes the packet bytes. NULL: the ring is full. */
static __always_inline struct frame *frame_reserve(u32 captured, u32 *size)
{
	u32 snap0 = layout.class_snap[0], snap1 = layout.class_snap[1];

	if (captured <= snap0)
		*size = frame_size(snap0);
	else if (captured <= snap1)
		*size = frame_size(snap1);
	else
		*size = frame_size(layout.class_snap[2]);
	return bpf_ringbuf_reserve(&events, *size, 0);
}

/* A function of its own, so that what it keeps on the stack is not there while decide() runs. */
static __noinline u32 emit(struct window *window, struct hit *hit, u32 slot, u64 clauses,
			   struct counters *here)
{
	const volatile struct slot *plan = &slots[slot];
	const struct sk_buff *skb = window->skb;
	u32 size, captured = 0, present = 0;
	struct frame *frame;
	void *at;

	if (clauses & plan->wants[SECTION_PACKET])
		captured = prepare_packet(window, hit, plan);
	frame = frame_reserve(captured, &size);
	if (!frame) {
		count(&here->slots[slot].ring_full);
		count(&here->lost);
		return 0;
	}
	at = frame;
	frame->size = size;
	frame->slot = slot;
	frame->flags = window->packet_len > window->len ? FRAME_TRUNCATED : 0;
	frame->cpu = hit->cpu;
	frame->time = bpf_ktime_get_ns();
	frame->clauses = clauses;
	frame->lost = here->lost;
	frame->reserved = 0;

	if (clauses & plan->wants[SECTION_TASK] && collect_task(at + layout.offset[SECTION_TASK]))
		present |= 1 << SECTION_TASK;
	if (clauses & plan->wants[SECTION_PACKET] &&
	    collect_packet(at + layout.offset[SECTION_PACKET], at + layout.bytes, captured,
			   size - layout.bytes, window, hit))
		present |= 1 << SECTION_PACKET;
	if (clauses & plan->wants[SECTION_SKB] && collect_skb(at + layout.offset[SECTION_SKB], skb))
		present |= 1 << SECTION_SKB;
	if (clauses & plan->wants[SECTION_DROP] &&
	    collect_drop(at + layout.offset[SECTION_DROP], window->ctx, plan->location,
			 plan->reason))
		present |= 1 << SECTION_DROP;
	if (clauses & plan->wants[SECTION_DEV] &&
	    collect_dev(at + layout.offset[SECTION_DEV], skb, hit->dev))
		present |= 1 << SECTION_DEV;
	if (clauses & plan->wants[SECTION_NS] &&
	    collect_ns(at + layout.offset[SECTION_NS], hit->dev, hit->sk))
		present |= 1 << SECTION_NS;
	if (clauses & plan->wants[SECTION_STACK] &&
	    collect_stack(at + layout.offset[SECTION_STACK], window->ctx))
		present |= 1 << SECTION_STACK;

	frame->present = present;
	bpf_ringbuf_submit(frame, 0);
	count(&here->slots[slot].submitted);
	return 0;
}
