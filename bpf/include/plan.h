/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
#include "types.h"
#include "../sections/frame.h"

/*
 * What a script makes of the fixed C: read-only data that user space fills before loading. The verifier
 * reads it as constants and removes what a slot does not use.
 */

#define SLOTS 64   /* attach points of one script, per program type */
#define WINDOW 256 /* bytes that a predicate can see */

/* How kernel memory is read: typed loads (tp_btf), or probe reads (raw_tp, kprobe). */
enum access { ACCESS_TYPED, ACCESS_PROBE };

/* One attach point. Argument positions count from 0; -1: it has no such argument. */
struct slot {
	u64 wants[SECTIONS]; /* a section is collected when one of these clauses holds */
	u16 window;	     /* bytes of the packet that decide() reads; 0: none, nothing is parsed */
	u8 access;	     /* enum access */
	u8 vlan;	     /* decide() looks at VLAN tags, the accelerated one among them */
	s8 skb;
	s8 reason;
	s8 location;
	s8 reserved;
};

/* Where things lie in a frame, and how large frames are. */
struct layout {
	u16 offset[SECTIONS]; /* 0: this script never collects it */
	u16 bytes;	      /* packet bytes; the fixed part ends here */
	u16 snap;	      /* at most so many of them */
	u16 class_snap[3];    /* packet bytes that fit in each size class, ascending; the last is snap */
	u16 reserved;
};
