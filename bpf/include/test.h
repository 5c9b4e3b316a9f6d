/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
#include "plan.h"

enum test_limit {
	TEST_BUFFER = 2048,	 /* bytes for headroom and linear data */
	TEST_SHARED_INFO = 1024, /* for struct skb_shared_info */
};

/*
 * A hit that bpf/probes/test.bpf.c makes up: user space fills this in, runs one of the programs by
 * BPF_PROG_TEST_RUN, and reads the result. Offsets count from the buffer's first byte, as in struct
 * sk_buff.
 */
struct test_hit {
	u64 clauses;		  /* result: what decide() returned */
	u64 arguments[ARGUMENTS]; /* of the probe; the one that is the skb is filled in, unless
				     has_skb is 0 */
	u8 has_skb;
	u8 has_dev;
	u8 has_vlan;
	u8 pkt_type;
	u8 ip_summed;
	u8 csum_level;
	u8 cloned;
	u8 nohdr;
	u8 fclone;
	u8 gso_flags;
	u8 nr_frags;
	u8 reserved;
	u16 data; /* offset of skb->data */
	u16 mac_header;
	u16 network_header;
	u16 mac_len;
	u16 protocol; /* host order, as vlan_proto */
	u16 vlan_proto;
	u16 vlan_tci;
	u16 queue_mapping;
	u32 len; /* linear bytes and those in fragments */
	u32 data_len;
	u32 hash;
	u32 mark;
	u32 priority;
	u32 csum;
	u32 skb_iif;
	u32 users;
	u32 dataref;
	u32 gso_type;
	u16 gso_size;
	u16 gso_segs;
	u32 ifindex;
	u16 dev_type;
	u16 reserved2[3];
	u32 inum;
	u64 cookie;
	char dev_name[16];
	u8 buffer[TEST_BUFFER];
	u8 shared_info[TEST_SHARED_INFO]; /* filled in */
};
