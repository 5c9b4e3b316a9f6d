/* SPDX-License-Identifier: GPL-2.0 */
#pragma once
#include "../include/types.h"

/* What Open vSwitch did; which members mean something depends on `event`. */
struct section_ovs {
	u32 event; /* enum ovs_event */
	u32 has;   /* OVS_HAS_* */
	/* upcall, upcall_enqueue, upcall_return */
	u32 cmd;
	u32 port; /* upcall; action output */
	u32 cpu;
	s32 ret;
	u64 upcall_ts;
	u32 upcall_cpu;
	u32 queue_id; /* also recv_upcall, flow_operation; action_execute with OVS_HAS_QUEUE */
	/* recv_upcall, flow_operation */
	u64 key_size;
	u64 batch_ts;
	u32 pkt_size;
	u32 type;
	u32 batch_idx;
	u32 operation; /* 0 exec, 1 put */
	/* action_execute */
	u32 action;    /* interned: `output`, `ct`, … */
	u32 recirc_id; /* where it runs */
	u32 recirc;    /* action recirc: where it leads */
	u32 drop_reason;
	u32 ct_flags;
	u16 ct_zone;
	u8 nat_dir; /* 0 none given, 1 src, 2 dst */
	u8 nat_family;
	u8 nat_min_addr[16];
	u8 nat_max_addr[16];
	u16 nat_min_port;
	u16 nat_max_port;
	/* flow_lookup */
	u32 n_mask_hit;
	u64 flow;
	u64 sf_acts;
	u32 ufid[4];
	u32 n_cache_hit;
	u32 reserved;
};

enum ovs_event {
	OVS_UPCALL,
	OVS_UPCALL_ENQUEUE,
	OVS_UPCALL_RETURN,
	OVS_RECV_UPCALL,
	OVS_FLOW_OPERATION,
	OVS_ACTION_EXECUTE,
	OVS_FLOW_LOOKUP,
};

enum ovs_has {
	OVS_HAS_QUEUE = 1 << 0,
	OVS_HAS_NAT = 1 << 1,
	OVS_HAS_NAT_MIN_ADDR = 1 << 2,
	OVS_HAS_NAT_MAX_ADDR = 1 << 3,
	OVS_HAS_NAT_MIN_PORT = 1 << 4,
	OVS_HAS_NAT_MAX_PORT = 1 << 5,
	OVS_HAS_RECIRC_ID = 1 << 6,
	/* flow_lookup: dpflow and ofpflows, empty unless `extra` has them */
	OVS_HAS_FLOWS = 1 << 7,
};
