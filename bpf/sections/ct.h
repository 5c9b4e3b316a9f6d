/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
#include "../include/types.h"

/* One direction of a connection, as conntrack knows it. */
struct ct_tuple {
	u8 saddr[16]; /* IPv4: the first 4 bytes */
	u8 daddr[16];
	u16 sport; /* host order; ICMP: none */
	u16 dport;
	u32 vtag; /* SCTP */
	u16 icmp_id;
	u8 icmp_type;
	u8 icmp_code;
	u8 family;   /* 4 or 6 */
	u8 protocol; /* IPPROTO_TCP, UDP, ICMP or SCTP */
	u16 reserved;
};

/* Members of a connection that not every kernel, or connection, has. */
enum ct_has {
	CT_HAS_PROTO_STATE = 1 << 0,
	CT_HAS_MARK = 1 << 1,
	CT_HAS_LABELS = 1 << 2,
};

struct ct_connection {
	struct ct_tuple orig;
	struct ct_tuple reply;
	u64 labels_high;
	u64 labels_low;
	u64 status; /* enum ip_conntrack_status */
	u32 mark;
	u32 proto_state; /* interned: `ESTABLISHED` */
	u16 zone_id;
	u8 zone_dir; /* enum ct_zone_dir */
	u8 has;	     /* CT_HAS_* */
	u32 reserved;
};

enum ct_zone_dir { CT_ZONE_ORIGINAL, CT_ZONE_REPLY, CT_ZONE_DEFAULT, CT_ZONE_NONE };

enum ct_state {
	CT_ESTABLISHED,
	CT_RELATED,
	CT_NEW,
	CT_REPLY,
	CT_RELATED_REPLY,
	CT_UNTRACKED,
};

/* The connection that the packet belongs to. */
struct section_ct {
	struct ct_connection connection;
	struct ct_connection parent; /* with has_parent: of an expected connection (FTP data, …) */
	u32 state;		     /* enum ct_state: of this packet within it */
	u32 has_parent;
};
