/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
/*
 * How kernel memory is read. The file of each probe type defines ACCESS (enum access) before it includes
 * anything: typed loads where the verifier knows what the arguments point to, else probe reads.
 */
#include "kernel.h"
#include "plan.h"

#ifndef ACCESS
#error "a probe type defines ACCESS"
#endif

/* Macros, because CO-RE records the expression that names the member. */
#define READ(object, member) \
	(ACCESS == ACCESS_TYPED ? (object)->member : BPF_CORE_READ(object, member))
#define READ_BITS(object, member) \
	(ACCESS == ACCESS_TYPED ? BPF_CORE_READ_BITFIELD(object, member) \
				: BPF_CORE_READ_BITFIELD_PROBED(object, member))

/*
 * Argument `index` of the probe, a constant in the verifier's eyes. Each has a load of its own: clang would
 * merge plain ones into one at a computed offset from the context, which the verifier refuses.
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
