// SPDX-License-Identifier: GPL-2.0
/* decide() and nothing around it: the window comes ready from user space, behind a made-up sk_buff.
 */
#include "include/window.h"
#include "world.bpf.h"

enum { SKB_BYTES = 256, POINTERS = 2 * sizeof(u64) };

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
