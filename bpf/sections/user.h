/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
#include "../include/types.h"

/* Where in a user-space program a probe was hit. */
struct section_user {
	u64 ip;
	u32 symbol; /* interned: `provider:name` */
	u32 path;   /* interned */
	s32 pid;
	s32 tid;
};
