/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fills a ring with frames of a real plan: a test run of `produce` puts context[0] of them into it,
 * copies of those in FRAMES (a file of bytes made by record-frames.ts), one after the other, with
 * random bytes from VARIED_FROM to VARIED_TO, where those are given. What did not fit is counted.
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

#ifdef VARIED_FROM
static __u64 random_state = 0x9e3779b97f4a7c15ull;

/* No compressor makes it smaller (xorshift64*). */
static __always_inline __u64 next_random(void)
{
	__u64 state = random_state;

	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	random_state = state;
	return state * 0x2545f4914f6cdd1dull;
}

/* As no two packets are the same. */
static __always_inline void vary(struct record *record, __u64 number)
{
	record->words[TIME / 8] += number * 1000 + next_random() % 512;
	for (int at = VARIED_FROM; at + 8 <= VARIED_TO; at += 8)
		*(__u64 *)((char *)record + at) = next_random();
}
#endif

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
#ifdef VARIED_FROM
	vary(record, number);
#else
	record->words[TIME / 8] += number;
#endif
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
