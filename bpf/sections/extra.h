/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
#include "../include/types.h"

/*
 * Sections that are rare, or that this version does not know: one JSON object, keyed by section as
 * Retis spells them (`startup`, `ovs-detrace`, …), so that nothing of a file is lost. Made by user
 * space only.
 */
struct section_extra {
	u32 json; /* interned */
	u32 reserved;
};
