/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
/* The running task, and whether it runs itself or is interrupted. */
#include "../include/core_compat.bpf.h"
#include "../sections/task.h"

/* include/linux/preempt.h: the bits that nest, and the one that says a softirq is served (not
 * merely held off). */
enum {
	SOFTIRQ_SERVED = 1 << 8,
	HARDIRQ_MASK = 0xf << 16,
	NMI_MASK = 0xf << 20,
};

/* bpf/features/preempt_count.bpf.c takes the place of this one, where the kernel has what it needs.
 */
__weak __hidden s64 preempt_count(void)
{
	return -1;
}

static __always_inline enum task_context task_context(void)
{
	s64 count = preempt_count();

	if (count < 0)
		return TASK_CONTEXT_UNKNOWN;
	if (count & NMI_MASK)
		return TASK_CONTEXT_NMI;
	if (count & HARDIRQ_MASK)
		return TASK_CONTEXT_HARDIRQ;
	if (count & SOFTIRQ_SERVED)
		return TASK_CONTEXT_SOFTIRQ;
	return TASK_CONTEXT_TASK;
}

static __always_inline bool collect_task(struct section_task *task)
{
	u64 id = bpf_get_current_pid_tgid();

	task->pid = id >> 32;
	task->tid = (u32)id;
	bpf_get_current_comm(task->comm, sizeof(task->comm));
	task->context = task_context();
	task->reserved = 0;
	return true;
}
