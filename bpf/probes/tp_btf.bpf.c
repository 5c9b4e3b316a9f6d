// SPDX-License-Identifier: GPL-2.0
/* Tracepoints as the kernel types them: one program a slot. User space says which tracepoint each attaches to. */
#define ACCESS ACCESS_TYPED
#include "../chain.bpf.h"

/* A macro, because only the number differs, and the verifier has to see it as a constant. */
#define ENTRY(N)                   \
	SEC("tp_btf")              \
	int tp_btf_##N(u64 *ctx)   \
	{                          \
		chain(ctx, N);     \
		return 0;          \
	}

ENTRY(0) ENTRY(1) ENTRY(2) ENTRY(3) ENTRY(4) ENTRY(5) ENTRY(6) ENTRY(7)
ENTRY(8) ENTRY(9) ENTRY(10) ENTRY(11) ENTRY(12) ENTRY(13) ENTRY(14) ENTRY(15)
ENTRY(16) ENTRY(17) ENTRY(18) ENTRY(19) ENTRY(20) ENTRY(21) ENTRY(22) ENTRY(23)
ENTRY(24) ENTRY(25) ENTRY(26) ENTRY(27) ENTRY(28) ENTRY(29) ENTRY(30) ENTRY(31)
ENTRY(32) ENTRY(33) ENTRY(34) ENTRY(35) ENTRY(36) ENTRY(37) ENTRY(38) ENTRY(39)
ENTRY(40) ENTRY(41) ENTRY(42) ENTRY(43) ENTRY(44) ENTRY(45) ENTRY(46) ENTRY(47)
ENTRY(48) ENTRY(49) ENTRY(50) ENTRY(51) ENTRY(52) ENTRY(53) ENTRY(54) ENTRY(55)
ENTRY(56) ENTRY(57) ENTRY(58) ENTRY(59) ENTRY(60) ENTRY(61) ENTRY(62) ENTRY(63)

char LICENSE[] SEC("license") = "GPL";
