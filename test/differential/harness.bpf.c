// SPDX-License-Identifier: GPL-2.0
/* decide() and nothing around it: the window comes ready from user space, behind a made-up sk_buff. */
#include "include/helpers.h"
#include "include/window.h"

enum { SKB_BYTES = 256, POINTERS = 2 * sizeof(u64) };

/* What a test lays out. `self` is where it lies in the kernel. */
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

static __noinline u64 judge(u64 *ctx, u32 slot)
{
	struct window window;

	window.ctx = ctx;
	window.skb = (struct sk_buff *)ctx[0];
	if (bpf_probe_read_kernel((void *)&window + POINTERS, sizeof(window) - POINTERS,
				  (void *)ctx[0] + SKB_BYTES + POINTERS))
		return 0;
	return decide(&window, slot);
}

SEC("raw_tp")
int verdict_0(u64 *ctx)
{
	answer = judge(ctx, 0);
	return 0;
}

SEC("raw_tp")
int verdict_1(u64 *ctx)
{
	answer = judge(ctx, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
