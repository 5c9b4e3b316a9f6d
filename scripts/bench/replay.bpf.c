/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fills a ring with frames of a real plan: a test run of `produce` puts context[0] of them into it,
 * copies of those in FRAMES (a file of bytes made by record.ts), one after the other. What did not
 * fit is counted.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define RECORD_BYTES 304
#define BURST 256

struct record {
	__u64 words[RECORD_BYTES / 8];
};

static const struct record records[RECORDS] = {
#include FRAMES
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 << 20);
} events SEC(".maps");

struct {
	__u64 produced;
	__u64 lost;
} count;

static __always_inline void produce_one(void)
{
	struct record *record = bpf_ringbuf_reserve(&events, RECORD_BYTES, 0);
	__u64 number = count.produced;

	count.produced = number + 1;
	if (!record) {
		count.lost++;
		return;
	}
	*record = records[number % RECORDS];
	record->words[TIME / 8] += number;
	bpf_ringbuf_submit(record, 0);
}

SEC("raw_tp")
int produce(__u64 *context)
{
	__u32 number = context[0];

	for (__u32 i = 0; i < BURST && i < number; i++)
		produce_one();
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
