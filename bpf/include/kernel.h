/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
#include "helpers.h"

/*
 * The kernel's structures, as far as they are read here. CO-RE finds each member in the running
 * kernel by its name, through anonymous structs and unions: order, neighbours and offsets mean
 * nothing. Members that not all kernels have stand here too, since libbpf looks through all of the
 * kernel's types for each structure that it meets, 1 ms: see core_compat.bpf.h.
 */
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	int counter;
} atomic_t;

typedef struct refcount_struct {
	atomic_t refs;
} refcount_t;

struct ns_common {
	unsigned int inum;
};

struct net {
	struct ns_common ns;
	u64 net_cookie;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct net_device {
	int ifindex;
	unsigned short type;
	char name[16];
	possible_net_t nd_net;
};

struct sock_common {
	possible_net_t skc_net;
};

struct sock {
	struct sock_common __sk_common;
};

struct skb_shared_info {
	u8 flags;
	u8 nr_frags;
	unsigned short gso_size;
	unsigned short gso_segs;
	unsigned int gso_type;
	atomic_t dataref;
};

struct sk_buff {
	struct net_device *dev;
	struct sock *sk;
	unsigned int len;
	unsigned int data_len;
	u16 mac_len;
	u16 queue_mapping;
	u8 cloned : 1;
	u8 nohdr : 1;
	u8 fclone : 2;
	u8 pkt_type : 3;
	u8 ip_summed : 2;
	u8 csum_level : 2;
	u32 csum;
	u32 priority;
	int skb_iif;
	u32 hash;
	u16 vlan_proto;
	u16 vlan_tci;
	u32 vlan_all;
	u8 vlan_present : 1;
	u32 mark;
	u16 protocol;
	u16 network_header;
	u16 mac_header;
	unsigned int end;
	unsigned char *head;
	unsigned char *data;
	refcount_t users;
};

#pragma clang attribute pop

/* include/uapi/linux/if_link.h: in fact 25 counters with names, not an array. */
struct rtnl_link_stats64 {
	u64 words[23];
};

/* include/uapi/linux/if_arp.h: the device types whose packets begin with an Ethernet header. */
enum {
	ARPHRD_ETHER = 1,
	ARPHRD_LOOPBACK = 772,
};
