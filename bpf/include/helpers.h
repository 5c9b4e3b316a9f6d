/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
#include "types.h"

/* What libbpf's headers expect of the kernel's, so that none of those is needed. */
typedef u8 __u8;
typedef u16 __u16;
typedef u32 __u32;
typedef u64 __u64;
typedef s32 __s32;
typedef s64 __s64;
typedef u16 __be16;
typedef u32 __be32;
typedef u32 __wsum;

#include <stdbool.h>
#include <stddef.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

/* Words of memory, whatever is kept in it. */
typedef u16 __attribute__((may_alias)) any_u16;
typedef u64 __attribute__((may_alias)) any_u64;

/* Numbers of the system call's ABI (include/uapi/linux/bpf.h). */
enum {
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_RINGBUF = 27,
};

enum {
	BPF_F_MMAPABLE = 1 << 10,
};
