/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fills a ring on demand: a test run of `produce` puts context[0] records into it. Each opens with
 * its size and its number; what did not fit is counted.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define RECORD_BYTES 304
#define BURST 256

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 << 20);
} events SEC(".maps");

struct {
	__u64 produced;
	__u64 lost;
} count;

static __always_inline void produce_one(void)
{
	__u64 *record = bpf_ringbuf_reserve(&events, RECORD_BYTES, 0);
	__u64 number = count.produced;

	count.produced = number + 1;
	if (!record) {
		count.lost++;
		return;
	}
	record[0] = RECORD_BYTES;
	record[1] = number;
	record[RECORD_BYTES / 8 - 1] = ~number;
	bpf_ringbuf_submit(record, 0);
}

SEC("raw_tp")
int produce(__u64 *context)
{
	__u32 records = context[0];

	for (__u32 i = 0; i < BURST && i < records; i++)
		produce_one();
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
