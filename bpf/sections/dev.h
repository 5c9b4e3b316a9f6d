/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
#include "../include/types.h"

/* The device that skb->dev points to. Absent when it is NULL. */
struct section_dev {
	u32 ifindex;
	u32 rx_ifindex; /* skb_iif: where the packet came in; 0 when it did not */
	char name[16];
};
