/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
#include "../include/types.h"

/* Where an event stands in its packet's way: made by sorting, never in the kernel. */
struct section_series {
	u64 orig_head; /* the packet, as the first event of the series saw it: see struct
			  section_tracking */
	u64 timestamp;
	u64 skb;
	u32 index; /* from 0 */
	u32 reserved;
};
