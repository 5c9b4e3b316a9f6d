// SPDX-License-Identifier: GPL-2.0
/* All that happens on a hit, in probe reads, so that it runs on a sk_buff that a test made up. */
#define ACCESS ACCESS_PROBE
#define CASTS 0
#include "chain.bpf.h"
#include "world.bpf.h"

SEC("raw_tp")
int verdict_0(u64 *ctx)
{
	answer = chain(ctx, 0);
	return 0;
}

SEC("raw_tp")
int verdict_1(u64 *ctx)
{
	answer = chain(ctx, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
