/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
#include "plan.h"

/* Where the hits of one attach point went; their sum is the number of hits. */
struct slot_counters {
	u64 rejected; /* no clause held */
	u64 ring_full;
	u64 submitted;
	u64 reserved;
};

/* One of these per CPU, in a map that user space maps. A multiple of a cache line: CPUs do not
 * share one. */
struct counters {
	struct slot_counters slots[SLOTS];
	u64 lost; /* events of this CPU that found the ring full: the sum of ring_full */
	u64 reserved[7];
};
