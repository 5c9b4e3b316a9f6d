/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
/* Room in the ring for one frame, in the smallest of the size classes that takes its packet bytes. */
#include "maps.bpf.h"

/* Of a whole frame, whose class carries `snap` packet bytes: a constant in the verifier's eyes, as the ring wants. */
static __always_inline u32 frame_size(u32 snap)
{
	return (layout.bytes + snap + 7) & ~7U;
}

/* NULL: the ring is full. */
static __always_inline struct frame *frame_reserve(u32 captured, u32 *size)
{
	u32 snap0 = layout.class_snap[0], snap1 = layout.class_snap[1];

	if (captured <= snap0)
		*size = frame_size(snap0);
	else if (captured <= snap1)
		*size = frame_size(snap1);
	else
		*size = frame_size(layout.class_snap[2]);
	return bpf_ringbuf_reserve(&events, *size, 0);
}

static __always_inline void *frame_section(struct frame *frame, enum section section)
{
	return (void *)frame + layout.offset[section];
}
