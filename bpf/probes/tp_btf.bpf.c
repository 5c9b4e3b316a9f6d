// SPDX-License-Identifier: GPL-2.0
/* Tracepoints as the kernel types them: one program a slot. User space says which tracepoint each
 * attaches to. */
#define ACCESS ACCESS_TYPED
#include "../chain.bpf.h"

/* Most scripts have a few attach points only: their programs save the call, the others share one
 * copy. */
static __noinline u64 call_chain(u64 *ctx, u32 slot)
{
	return chain(ctx, slot);
}

/* Macros, because only the number differs, and the verifier has to see it as a constant. */
#define INLINED(N)                                                                                 \
	SEC("tp_btf") int tp_btf_##N(u64 *ctx)                                                     \
	{                                                                                          \
		chain(ctx, N);                                                                     \
		return 0;                                                                          \
	}
#define CALLED(N)                                                                                  \
	SEC("tp_btf") int tp_btf_##N(u64 *ctx)                                                     \
	{                                                                                          \
		call_chain(ctx, N);                                                                \
		return 0;                                                                          \
	}

/* clang-format off */
INLINED(0) INLINED(1) INLINED(2) INLINED(3) INLINED(4) INLINED(5) INLINED(6) INLINED(7)
CALLED(8) CALLED(9) CALLED(10) CALLED(11) CALLED(12) CALLED(13) CALLED(14) CALLED(15)
CALLED(16) CALLED(17) CALLED(18) CALLED(19) CALLED(20) CALLED(21) CALLED(22) CALLED(23)
CALLED(24) CALLED(25) CALLED(26) CALLED(27) CALLED(28) CALLED(29) CALLED(30) CALLED(31)
CALLED(32) CALLED(33) CALLED(34) CALLED(35) CALLED(36) CALLED(37) CALLED(38) CALLED(39)
CALLED(40) CALLED(41) CALLED(42) CALLED(43) CALLED(44) CALLED(45) CALLED(46) CALLED(47)
CALLED(48) CALLED(49) CALLED(50) CALLED(51) CALLED(52) CALLED(53) CALLED(54) CALLED(55)
CALLED(56) CALLED(57) CALLED(58) CALLED(59) CALLED(60) CALLED(61) CALLED(62) CALLED(63)
	/* clang-format on */

	char LICENSE[] SEC("license") = "GPL";
