/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
/*
 * What happens on a hit, whatever kind of probe it is. `slot` is a constant for the verifier, and
 * so is all read-only data: code that this slot does not use is removed while loading. Returns what
 * decide() said.
 */
#include "emit.bpf.h"

/*
 * decide(), or its code in place of the call, for which the marker keeps room: user space turns
 * that into a jump to the code, which ends with a jump back. The code takes the window in r1,
 * leaves the verdicts in r0, and uses all other registers but the frame.
 */
static __always_inline u64 verdicts(struct window *window, u32 slot)
{
	register struct window *argument asm("r1") = window;
	register u64 result asm("r0");

	if (!slots[slot].inlined)
		return decide(window, slot);
	asm volatile("%0 = %2"
		     : "=r"(result), "+r"(argument)
		     : "i"(MARKER_DECIDE)
		     : "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "memory");
	return result;
}

static __always_inline u64 chain(u64 *ctx, u32 slot)
{
	const volatile struct slot *plan = &slots[slot];
	struct counters *here;
	struct window window;
	struct hit hit = {};
	u64 clauses;
	u32 on = enabled;

	if (!on)
		return 0;

	/* What predicates see: the packet's first bytes and headers, if there is one and they look
	 * at it. */
	window.ctx = ctx;
	window.skb = (struct sk_buff *)argument(ctx, plan->skb);
	window_clear(&window, on >> 1);
	if (window.skb)
		hit_pointers(&hit, window.skb, plan);
	if (plan->window && window.skb) {
		window_open(&window, &hit, plan);
		if (plan->vlan)
			window_add_tag(&window);
	}
	clauses = verdicts(&window, slot);

	/* Tracking belongs here: it follows packets whether or not an event comes of this hit. */

	/* Every hit is counted once, where it ends. */
	hit.cpu = bpf_get_smp_processor_id();
	here = counters_of(&hit.cpu);
	if (!here)
		return clauses;
	if (clauses)
		emit(&window, &hit, slot, clauses, here);
	else
		count(&here->slots[slot].rejected);
	return clauses;
}
