/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
/* Why and where the packet was dropped: arguments of the probe. */
#include "../include/access.bpf.h"
#include "../sections/drop.h"

static __always_inline bool collect_drop(struct section_drop *drop, u64 *ctx, s32 location,
					 s32 reason)
{
	if (location < 0 && reason < 0)
		return false;
	drop->location = argument(ctx, location);
	drop->reason = argument(ctx, reason);
	drop->has_reason = reason >= 0;
	return true;
}
