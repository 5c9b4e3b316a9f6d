/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
#include "../include/types.h"

/* Why and where the kernel dropped the packet. */
struct section_drop {
	u64 location;	/* address in the dropping function */
	u32 reason;	/* enum skb_drop_reason, the subsystem in the upper half */
	u32 has_reason; /* 0 before 5.17: the tracepoint has no such argument */
};
