/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
#include "../include/types.h"

/* Which packet this is, wherever it goes: first seen at `timestamp` with its data at `orig_head`.
 */
struct section_tracking {
	u64 orig_head;
	u64 timestamp; /* CLOCK_MONOTONIC, ns */
	u64 skb;       /* address of the buffer: clones of a packet differ in it only */
};
