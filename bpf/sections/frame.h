/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
#include "../include/types.h"

/*
 * One event as it travels through the ring: this header, then the sections that the script needs,
 * each at an offset that is constant for the run (struct layout), packet bytes last.
 */
struct frame {
	u32 size;    /* of the whole record, a multiple of 8 */
	u16 slot;    /* the attach point that was hit: index into the plan's probes */
	u16 flags;   /* FRAME_* */
	u32 cpu;     /* where it ran */
	u32 present; /* 1 << SECTION_*: what was collected */
	u64 time;    /* CLOCK_MONOTONIC, ns */
	u64 clauses; /* bit N: the kernel part of clause N holds */
	u32 lost;    /* events of this CPU that found the ring full, so far; wraps */
	u32 reserved;
};

enum frame_flag {
	FRAME_TRUNCATED = 1 << 0, /* the packet has bytes beyond what the predicate could see */
	FRAME_NO_CPU = 1 << 1,	  /* a stored event that does not say where it ran */
	FRAME_SERIES = 1 << 2,	  /* of a sorted file: a series of events begins here */
};

enum frame_slot {
	SLOT_NONE = 0xffff, /* a stored event that no probe made */
};

enum section {
	SECTION_TASK,
	SECTION_PACKET,
	SECTION_SKB,
	SECTION_DROP,
	SECTION_DEV,
	SECTION_NS,
	SECTION_STACK,
	SECTIONS, /* so many are collected in the kernel; those below user space fills in */
	SECTION_TRACKING = SECTIONS,
	SECTION_CT,
	SECTION_NFT,
	SECTION_OVS,
	SECTION_USER,
	SECTION_EXTRA,
	SECTION_SERIES,
};
