/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
#include "types.h"
#include "../sections/frame.h"

/*
 * What a script makes of the fixed C: read-only data that user space fills before loading. The
 * verifier reads it as constants and removes what a slot does not use.
 */

enum limit {
	SLOTS = 64,	/* attach points of one script */
	WINDOW = 256,	/* bytes that a predicate can see */
	HEADERS = 80,	/* Ethernet, a tag, IPv6 and the fixed part of TCP, rounded up */
	ARGUMENTS = 12, /* arguments that a probe can have: MAX_BPF_FUNC_ARGS */
};

/* How kernel memory is read: typed loads (tp_btf), or probe reads (raw_tp, kprobe). */
enum access { ACCESS_TYPED, ACCESS_PROBE };

/* Marks where user space puts decide()'s code: see verdicts(). */
enum marker { MARKER_DECIDE = 0x1e71dec1 };

/* How the verifier lets a program read its stack at an offset that is not constant. */
enum stack_reads {
	STACK_READS_FIXED,	 /* not at all: the window is read by probe reads */
	STACK_READS_INITIALIZED, /* since 5.12 (01f810ace9ed), where every byte was written */
	STACK_READS_ANY,	 /* since 6.3 (6715df8d5d24) */
};

/* One attach point. Argument positions count from 0; -1: it has no such argument. */
struct slot {
	u64 wants[SECTIONS]; /* a section is collected when one of these clauses holds */
	/*
	 * What decide() reads of the packet: 0: nothing, not even its length, and nothing is
	 * parsed. Up to HEADERS: fixed parts of the headers up to the transport header (20 bytes of
	 * it), wherever options and extension headers move it. More: any bytes of the window.
	 */
	u16 window;
	u8 access; /* enum access of this slot's program, for whoever reads the plan: the C knows
		      its own */
	u8 vlan;   /* decide() looks at VLAN tags, the accelerated one among them */
	s8 skb;
	s8 reason;
	s8 location;
	u8 inlined; /* decide()'s code stands in this slot's program: see verdicts() */
};

/* Where things lie in a frame, and how large frames are. */
struct layout {
	u16 offset[SECTIONS]; /* 0: this script never collects it */
	u16 bytes;	      /* packet bytes; the fixed part ends here */
	u16 snap;	      /* at most so many of them */
	u16 class_snap[3]; /* packet bytes that fit in each size class, ascending; the last is snap
			    */
	u16 reserved;
};
