/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
/* The kernel stack, walked straight into the frame. */
#include "../include/helpers.h"
#include "../sections/stack.h"

static __always_inline bool collect_stack(struct section_stack *stack, u64 *ctx)
{
	long bytes = bpf_get_stack(ctx, stack->frames, sizeof(stack->frames), 0);

	if (bytes <= 0)
		return false;
	stack->depth = bytes / sizeof(stack->frames[0]);
	stack->reserved = 0;
	return true;
}
