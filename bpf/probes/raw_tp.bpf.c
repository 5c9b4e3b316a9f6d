// SPDX-License-Identifier: GPL-2.0
/* Tracepoints by probe reads: what tp_btf.bpf.c does, in the access mode that needs no types. For
 * tests. */
#define ACCESS ACCESS_PROBE
#include "../chain.bpf.h"

/* A macro, because only the number differs, and the verifier has to see it as a constant. */
#define ENTRY(N)                                                                                   \
	SEC("raw_tp") int raw_tp_##N(u64 *ctx)                                                     \
	{                                                                                          \
		chain(ctx, N);                                                                     \
		return 0;                                                                          \
	}

/* clang-format off */
ENTRY(0) ENTRY(1) ENTRY(2) ENTRY(3)
	/* clang-format on */

	char LICENSE[] SEC("license") = "GPL";
