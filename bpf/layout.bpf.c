// SPDX-License-Identifier: GPL-2.0
/*
 * Never loaded: this object's BTF holds every type that user space shares with the C, and
 * scripts/generate-layout.mjs turns it into compiler/schema/generated/layout.ts.
 */
#include "include/counters.h"
#include "include/plan.h"
#include "include/window.h"
#include "sections/dev.h"
#include "sections/drop.h"
#include "sections/frame.h"
#include "sections/ns.h"
#include "sections/packet.h"
#include "sections/skb.h"
#include "sections/stack.h"
#include "sections/task.h"

struct shared {
	struct frame frame;
	struct section_task section_task;
	struct section_packet section_packet;
	struct section_skb section_skb;
	struct section_drop section_drop;
	struct section_dev section_dev;
	struct section_ns section_ns;
	struct section_stack section_stack;
	struct window window;
	struct slot slot;
	struct layout layout;
	struct counters counters;
	enum limit limit;
	enum access access;
	enum stack_reads stack_reads;
	enum stack_limit stack_limit;
	enum section section;
	enum frame_flag frame_flag;
	enum layer layer;
	enum start start;
	enum task_context task_context;
} shared;
