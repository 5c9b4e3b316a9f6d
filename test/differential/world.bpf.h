/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
/* Memory of the kernel in which a test lays out a sk_buff and what it points to, and where answers
 * go. */
#include "include/helpers.h"

/* `self` is where it lies in the kernel. */
struct world {
	u64 self;
	u8 bytes[32760];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct world);
} world SEC(".maps");

u64 answer;

SEC("raw_tp")
int locate(u64 *ctx)
{
	u32 key = 0;
	struct world *here = bpf_map_lookup_elem(&world, &key);

	if (here)
		here->self = (u64)here;
	return 0;
}
