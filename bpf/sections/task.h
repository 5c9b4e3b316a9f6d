/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
#include "../include/types.h"

/* The task that was running. In an interrupt it is the one interrupted, not the packet's owner: see
 * context. */
struct section_task {
	s32 pid; /* process: tgid in the kernel's words */
	s32 tid; /* thread: pid in the kernel's words */
	char comm[16];
	u32 context; /* enum task_context */
	u32 reserved;
};

enum task_context {
	TASK_CONTEXT_UNKNOWN, /* this kernel does not tell */
	TASK_CONTEXT_TASK,
	TASK_CONTEXT_SOFTIRQ,
	TASK_CONTEXT_HARDIRQ,
	TASK_CONTEXT_NMI,
};
