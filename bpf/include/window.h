/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
#include "plan.h"
#include "../sections/packet.h"

struct sk_buff;

/*
 * What a predicate may look at. The compiler emits loads from here by offset, which it learns from
 * the BTF of this struct. Lives on the stack of chain(); pointers keep their types in the
 * verifier's eyes.
 */
struct window {
	struct sk_buff *skb; /* NULL: this hit has no packet */
	u64 *ctx;	     /* the program's context: arguments of the tracepoint */
	u32 packet_len; /* the whole packet from its first byte; means nothing without a start */
	u32 len;	/* bytes of the packet in `bytes`, at most WINDOW: the linear ones */
	u32 zero;	/* 0, though the verifier cannot know: see window_clear() */
	u32 start;	/* enum start */
	struct layers layers;
	u8 bytes[WINDOW];
};

/*
 * The script's predicates, emitted by the compiler and linked in when the script is loaded: bit N
 * of the result says that the kernel part of clause N holds. Only clauses of this slot can be set.
 */
extern u64 decide(struct window *window, u32 slot) __attribute__((visibility("hidden")));
