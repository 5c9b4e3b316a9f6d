// SPDX-License-Identifier: GPL-2.0
/* The same programs for kernels that have the function bpf_rdonly_cast (6.2): a third less time a
 * hit. */
#define CASTS 1
#include "tp_btf.bpf.c"
