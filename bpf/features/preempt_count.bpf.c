// SPDX-License-Identifier: GPL-2.0
/*
 * preempt_count() of this CPU: a per-CPU variable of the kernel (x86). Linked in where the kernel
 * lists its data symbols (CONFIG_KALLSYMS_ALL): where it does not, loading any program that names
 * the variable fails.
 */
#define ACCESS ACCESS_TYPED
#include "../include/core_compat.bpf.h"

extern const int __preempt_count __ksym __weak;
extern const struct pcpu_hot___6_2 pcpu_hot __ksym __weak;

/* The top bit is PREEMPT_NEED_RESCHED, upside down. -1: unknown. */
__hidden s64 preempt_count(void)
{
	if (&__preempt_count)
		return *(const u32 *)bpf_this_cpu_ptr(&__preempt_count) & ~(1U << 31);
	if (&pcpu_hot) {
		const struct pcpu_hot___6_2 *hot = bpf_this_cpu_ptr(&pcpu_hot);

		return (u32)hot->preempt_count & ~(1U << 31);
	}
	return -1;
}
