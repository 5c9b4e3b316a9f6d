/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
/*
 * How kernel memory is read. The file of each probe type defines, before it includes anything,
 * ACCESS (enum access): typed loads where the verifier knows what the arguments point to, else
 * probe reads; and CASTS as 1 if there is bpf_rdonly_cast() (6.2, a35b9af4ec2c), which makes a
 * typed pointer of any address. A typed load is one instruction; a probe read costs 20 to 40 ns
 * where returns are guarded (SRSO), whatever its size.
 */
#include "kernel.h"
#include "plan.h"

#ifndef ACCESS
#error "a probe type defines ACCESS"
#endif
#ifndef CASTS
#define CASTS 0
#endif

/* Macros, because CO-RE records the expression that names the member. */
#define READ(object, member)                                                                       \
	(ACCESS == ACCESS_TYPED ? (object)->member : BPF_CORE_READ(object, member))
#define READ_BITS(object, member)                                                                  \
	(ACCESS == ACCESS_TYPED ? BPF_CORE_READ_BITFIELD(object, member)                           \
				: BPF_CORE_READ_BITFIELD_PROBED(object, member))

/* The same for objects that no typed pointer leads to: `object` is the result of CAST(). */
#define READ_CAST(object, member) (CASTS ? (object)->member : BPF_CORE_READ(object, member))
#if CASTS
extern void *bpf_rdonly_cast(const void *object, u32 btf_id) __ksym;
#define CAST(type, address)                                                                        \
	((const type *)bpf_rdonly_cast((const void *)(address), bpf_core_type_id_kernel(type)))
#else
#define CAST(type, address) ((const type *)(address))
#endif

/*
 * Copies whole words of kernel memory. struct rtnl_link_stats64 is a run of u64 that every kernel
 * has. False: not readable. (Through a cast it reads as zeros instead.)
 */
static __always_inline bool read_words(any_u64 *to, u64 address, u32 count)
{
#if CASTS
	const struct rtnl_link_stats64 *from = CAST(struct rtnl_link_stats64, address);

	for (u32 i = 0; i < count; i++)
		to[i] = from->words[i];
	return true;
#else
	return !bpf_probe_read_kernel(to, count * sizeof(*to), (const void *)address);
#endif
}

/*
 * Argument `index` of the probe, a constant in the verifier's eyes. Each has a load of its own:
 * clang would merge plain ones into one at a computed offset from the context, which the verifier
 * refuses.
 */
static __always_inline u64 argument(u64 *ctx, s32 index)
{
	u64 value = 0;

	switch (index) {
	case 0:
		asm volatile("%0 = *(u64 *)(%1 + 0)" : "=r"(value) : "r"(ctx));
		break;
	case 1:
		asm volatile("%0 = *(u64 *)(%1 + 8)" : "=r"(value) : "r"(ctx));
		break;
	case 2:
		asm volatile("%0 = *(u64 *)(%1 + 16)" : "=r"(value) : "r"(ctx));
		break;
	case 3:
		asm volatile("%0 = *(u64 *)(%1 + 24)" : "=r"(value) : "r"(ctx));
		break;
	case 4:
		asm volatile("%0 = *(u64 *)(%1 + 32)" : "=r"(value) : "r"(ctx));
		break;
	case 5:
		asm volatile("%0 = *(u64 *)(%1 + 40)" : "=r"(value) : "r"(ctx));
		break;
	case 6:
		asm volatile("%0 = *(u64 *)(%1 + 48)" : "=r"(value) : "r"(ctx));
		break;
	case 7:
		asm volatile("%0 = *(u64 *)(%1 + 56)" : "=r"(value) : "r"(ctx));
		break;
	case 8:
		asm volatile("%0 = *(u64 *)(%1 + 64)" : "=r"(value) : "r"(ctx));
		break;
	case 9:
		asm volatile("%0 = *(u64 *)(%1 + 72)" : "=r"(value) : "r"(ctx));
		break;
	case 10:
		asm volatile("%0 = *(u64 *)(%1 + 80)" : "=r"(value) : "r"(ctx));
		break;
	case 11:
		asm volatile("%0 = *(u64 *)(%1 + 88)" : "=r"(value) : "r"(ctx));
		break;
	}
	return value;
}
