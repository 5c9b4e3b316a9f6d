/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
/* Fixed-width names as the kernel spells them; no header of one machine's kernel is needed to
 * build. */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed char s8;
typedef short s16;
typedef int s32;
typedef long long s64;
