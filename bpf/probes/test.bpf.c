// SPDX-License-Identifier: GPL-2.0
/*
 * The chain on packets that never were: struct test_hit -> a struct sk_buff in map memory, laid out
 * as this kernel's, which the chain reads as it would a real one. Run by BPF_PROG_TEST_RUN; a slot
 * must not want the stack.
 */
#define ACCESS ACCESS_PROBE
#include "../chain.bpf.h"
#include "../include/test.h"

/* The kernel's objects, with more room than they take in any kernel. */
struct test_memory {
	u8 skb[1024];
	u8 dev[8192];
	u8 net[16384];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct test_hit);
} hits SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct test_memory);
} memory SEC(".maps");

/* Stores to members are relocated like loads, except to bit-fields: their place is asked for. */
static __always_inline void put_bits(void *at, u32 size, u32 left, u32 right, u64 value)
{
	u32 shift = right - left;
	u64 mask = (~0ULL >> right) << shift, bits = value << shift & mask;

	switch (size) {
	case 1:
		*(u8 *)at = (*(u8 *)at & ~mask) | bits;
		break;
	case 2:
		*(u16 *)at = (*(u16 *)at & ~mask) | bits;
		break;
	case 4:
		*(u32 *)at = (*(u32 *)at & ~mask) | bits;
		break;
	}
}

/* A macro, because CO-RE records the expression that names the member. */
#define PUT_BITS(object, member, value)                                                            \
	put_bits((void *)(object) + __CORE_RELO(object, member, BYTE_OFFSET),                      \
		 __CORE_RELO(object, member, BYTE_SIZE), __CORE_RELO(object, member, LSHIFT_U64),  \
		 __CORE_RELO(object, member, RSHIFT_U64), value)

static __always_inline void make_tag(struct sk_buff *skb, const struct test_hit *hit)
{
	skb->vlan_proto = hit->has_vlan ? bpf_htons(hit->vlan_proto) : 0;
	skb->vlan_tci = hit->has_vlan ? hit->vlan_tci : 0;
	if (bpf_core_field_exists(skb->vlan_present))
		PUT_BITS(skb, vlan_present, hit->has_vlan);
}

static __always_inline void make_dev(struct test_memory *memory, const struct test_hit *hit)
{
	struct net_device *dev = (void *)memory->dev;
	struct net *net = (void *)memory->net;

	dev->ifindex = hit->ifindex;
	dev->type = hit->dev_type;
	__builtin_memcpy(dev->name, hit->dev_name, sizeof(dev->name));
	dev->nd_net.net = net;
	net->ns.inum = hit->inum;
	if (net_has_cookie(net))
		net->net_cookie = hit->cookie;
}

static __always_inline void make_shared_info(struct test_hit *hit)
{
	struct skb_shared_info *info = (void *)hit->shared_info;

	info->nr_frags = hit->nr_frags;
	info->gso_size = hit->gso_size;
	info->gso_segs = hit->gso_segs;
	info->gso_type = hit->gso_type;
	info->dataref.counter = hit->dataref;
	if (shared_info_has_flags(info))
		info->flags = hit->gso_flags;
}

static __noinline u32 make_skb(struct test_memory *memory, struct test_hit *hit)
{
	struct sk_buff *skb = (void *)memory->skb;

	skb->head = hit->buffer;
	skb->data = hit->buffer + hit->data;
	skb->end = sizeof(hit->buffer);
	skb->mac_header = hit->mac_header;
	skb->network_header = hit->network_header;
	skb->mac_len = hit->mac_len;
	skb->len = hit->len;
	skb->data_len = hit->data_len;
	skb->protocol = bpf_htons(hit->protocol);
	skb->queue_mapping = hit->queue_mapping;
	skb->hash = hit->hash;
	skb->mark = hit->mark;
	skb->priority = hit->priority;
	skb->csum = hit->csum;
	skb->skb_iif = hit->skb_iif;
	skb->users.refs.counter = hit->users;
	PUT_BITS(skb, pkt_type, hit->pkt_type);
	PUT_BITS(skb, ip_summed, hit->ip_summed);
	PUT_BITS(skb, csum_level, hit->csum_level);
	PUT_BITS(skb, cloned, hit->cloned);
	PUT_BITS(skb, nohdr, hit->nohdr);
	PUT_BITS(skb, fclone, hit->fclone);
	make_tag(skb, hit);
	make_dev(memory, hit);
	make_shared_info(hit);
	skb->dev = hit->has_dev ? (void *)memory->dev : NULL;
	skb->sk = NULL;
	return 0;
}

static __always_inline u32 run(u32 slot)
{
	const volatile struct slot *plan = &slots[slot];
	struct test_memory *objects;
	struct test_hit *hit;
	u32 key = 0;

	hit = bpf_map_lookup_elem(&hits, &key);
	objects = bpf_map_lookup_elem(&memory, &key);
	if (!hit || !objects)
		return 0;
	make_skb(objects, hit);
	if (plan->skb >= 0 && plan->skb < ARGUMENTS)
		hit->arguments[plan->skb] = hit->has_skb ? (u64)objects->skb : 0;
	hit->clauses = chain(hit->arguments, slot);
	return 0;
}

/* A macro, because only the number differs, and the verifier has to see it as a constant. */
#define ENTRY(N)                                                                                   \
	SEC("raw_tp") int test_##N(void)                                                           \
	{                                                                                          \
		return run(N);                                                                     \
	}

/* clang-format off */
ENTRY(0) ENTRY(1) ENTRY(2) ENTRY(3) ENTRY(4) ENTRY(5) ENTRY(6) ENTRY(7)
	/* clang-format on */

	char LICENSE[] SEC("license") = "GPL";
