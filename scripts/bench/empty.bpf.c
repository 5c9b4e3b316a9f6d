/* SPDX-License-Identifier: GPL-2.0 */
/* What any program on the tracepoint costs. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("tp_btf")
int empty(__u64 *context)
{
	(void)context;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
