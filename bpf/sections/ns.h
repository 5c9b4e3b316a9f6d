/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
#include "../include/types.h"

/* The network namespace, of the device, else of the socket. */
struct section_ns {
	u64 cookie; /* net_cookie; with has_cookie */
	u32 inum;
	u32 has_cookie; /* 0 where struct net has no such member (before 5.12) */
};
