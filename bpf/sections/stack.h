/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
#include "../include/types.h"

enum stack_limit {
	STACK_DEPTH = 127, /* PERF_MAX_STACK_DEPTH, the kernel's own default bound */
};

/* Return addresses, innermost first. The tracer's own frames are still here: user space cuts them
 * by name. */
struct section_stack {
	u32 depth;
	u32 reserved;
	u64 frames[STACK_DEPTH];
};
