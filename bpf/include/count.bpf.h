/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
/* Counters of this CPU. */
#include "maps.bpf.h"

/* NULL: more CPUs than user space made room for. */
static __always_inline struct counters *counters_of(const u32 *cpu)
{
	return bpf_map_lookup_elem(&counters, cpu);
}

/*
 * Atomic, since a hit can nest in another one on the same CPU. Nobody asks for the result: atomics
 * that fetch need kernel 5.12.
 */
static __always_inline void count(u64 *counter)
{
	__sync_fetch_and_add(counter, 1);
}
