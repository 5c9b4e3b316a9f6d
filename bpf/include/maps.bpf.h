/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
/*
 * What the programs share with user space. Weak: objects of several probe types are linked into
 * one, and the linker keeps one of each.
 */
#include "helpers.h"
#include "counters.h"
#include "plan.h"

/* Frames. Its size is set before loading. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps") __weak;

/*
 * struct counters by CPU; as many as there are possible CPUs, set before loading. User space maps
 * it: after privileges are dropped old kernels allow no bpf() call.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct counters);
} counters SEC(".maps") __weak;

const volatile struct slot slots[SLOTS] __weak = {};
const volatile struct layout layout __weak = {};
const volatile u32 stack_reads __weak = STACK_READS_FIXED; /* enum stack_reads */

/* 0 or 1. In .bss, which user space maps: set once everything is attached, so that all probes start
 * together. */
u32 enabled __weak;
