/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fills a ring on demand: a test run of `produce` puts context[0] records into it. Each opens with
 * its size and its number; what did not fit is counted.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define RECORD_BYTES 304

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 << 20);
} events SEC(".maps");

struct {
	__u64 produced;
	__u64 lost;
} count;

static long produce_one(__u32 index, void *unused)
{
	__u64 *record = bpf_ringbuf_reserve(&events, RECORD_BYTES, 0);
	__u64 number = count.produced;

	count.produced = number + 1;
	if (!record) {
		count.lost++;
		return 0;
	}
	record[0] = RECORD_BYTES;
	record[1] = number;
	record[RECORD_BYTES / 8 - 1] = ~number;
	bpf_ringbuf_submit(record, 0);
	return 0;
}

SEC("syscall")
int produce(__u64 *context)
{
	bpf_loop(context[0], produce_one, 0, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
