/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
/*
 * What happens on a hit, whatever kind of probe it is. `slot` is a constant for the verifier, and so is all
 * read-only data: code that this slot does not use is removed while loading.
 */
#include "collectors/dev.bpf.h"
#include "collectors/drop.bpf.h"
#include "collectors/ns.bpf.h"
#include "collectors/packet.bpf.h"
#include "collectors/skb.bpf.h"
#include "collectors/stack.bpf.h"
#include "collectors/task.bpf.h"
#include "include/frame.bpf.h"
#include "include/open.bpf.h"

/* Only additions whose result nobody asks for: fetching ones need kernel 5.12 and a newer instruction set. */
static __always_inline void count(u64 *counter)
{
	__sync_fetch_and_add(counter, 1);
}

/* Every hit is counted once, where it ends. */
static __noinline u64 chain(u64 *ctx, u32 slot)
{
	u32 cpu, captured = 0, size, present = 0;
	struct counters *here;
	struct origin origin = {};
	struct window window;
	struct frame *frame;
	u64 clauses;

	if (!enabled)
		return 0;

	window.ctx = ctx;
	window.skb = (struct sk_buff *)argument(ctx, slots[slot].skb);
	window_clear(&window);
	if (slots[slot].window && window.skb) {
		window_open(&window, &origin, slots[slot].window);
		if (slots[slot].vlan)
			window_add_tag(&window);
	}
	clauses = decide(&window, slot);

	/* Tracking belongs here: it follows packets whether or not an event of them is emitted. */

	cpu = bpf_get_smp_processor_id();
	here = bpf_map_lookup_elem(&counters, &cpu);
	if (!here)
		return clauses;
	if (!clauses) {
		count(&here->slots[slot].rejected);
		return 0;
	}

	if (clauses & slots[slot].wants[SECTION_PACKET])
		captured = prepare_packet(&window, &origin, slot);
	frame = frame_reserve(captured, &size);
	if (!frame) {
		count(&here->slots[slot].ring_full);
		count(&here->lost);
		return clauses;
	}
	frame->size = size;
	frame->slot = slot;
	frame->flags = window.packet_len > window.len ? FRAME_TRUNCATED : 0;
	frame->cpu = cpu;
	frame->time = bpf_ktime_get_ns();
	frame->clauses = clauses;
	frame->lost = here->lost;
	frame->reserved = 0;

	if (clauses & slots[slot].wants[SECTION_TASK])
		present |= collect_task(frame_section(frame, SECTION_TASK)) << SECTION_TASK;
	if (clauses & slots[slot].wants[SECTION_PACKET])
		present |= collect_packet(frame_section(frame, SECTION_PACKET),
					  (void *)frame + layout.bytes, captured, size - layout.bytes,
					  &window, &origin)
			   << SECTION_PACKET;
	if (clauses & slots[slot].wants[SECTION_SKB])
		present |= collect_skb(frame_section(frame, SECTION_SKB), window.skb) << SECTION_SKB;
	if (clauses & slots[slot].wants[SECTION_DROP])
		present |= collect_drop(frame_section(frame, SECTION_DROP), ctx, slots[slot].location,
					slots[slot].reason)
			   << SECTION_DROP;
	if (clauses & slots[slot].wants[SECTION_DEV])
		present |= collect_dev(frame_section(frame, SECTION_DEV), window.skb) << SECTION_DEV;
	if (clauses & slots[slot].wants[SECTION_NS])
		present |= collect_ns(frame_section(frame, SECTION_NS), window.skb) << SECTION_NS;
	if (clauses & slots[slot].wants[SECTION_STACK])
		present |= collect_stack(frame_section(frame, SECTION_STACK), ctx) << SECTION_STACK;

	frame->present = present;
	bpf_ringbuf_submit(frame, 0);
	count(&here->slots[slot].submitted);
	return clauses;
}
