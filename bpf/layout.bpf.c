// SPDX-License-Identifier: GPL-2.0
/*
 * Never loaded: this object's BTF holds every type that user space shares with the C, and
 * scripts/generate-layout.mjs turns it into compiler/schema/generated/layout.ts.
 */
#include "include/counters.h"
#include "include/plan.h"
#include "include/test.h"
#include "include/window.h"
#include "sections/ct.h"
#include "sections/dev.h"
#include "sections/drop.h"
#include "sections/extra.h"
#include "sections/frame.h"
#include "sections/nft.h"
#include "sections/ns.h"
#include "sections/ovs.h"
#include "sections/packet.h"
#include "sections/series.h"
#include "sections/skb.h"
#include "sections/stack.h"
#include "sections/task.h"
#include "sections/tracking.h"
#include "sections/user.h"

struct shared {
	struct frame frame;
	struct section_task section_task;
	struct section_packet section_packet;
	struct section_skb section_skb;
	struct section_drop section_drop;
	struct section_dev section_dev;
	struct section_ns section_ns;
	struct section_stack section_stack;
	struct section_tracking section_tracking;
	struct ct_tuple ct_tuple;
	struct ct_connection ct_connection;
	struct section_ct section_ct;
	struct section_nft section_nft;
	struct section_ovs section_ovs;
	struct section_user section_user;
	struct section_extra section_extra;
	struct section_series section_series;
	struct window window;
	struct slot slot;
	struct layout layout;
	struct counters counters;
	struct test_hit test_hit;
	enum limit limit;
	enum test_limit test_limit;
	enum access access;
	enum stack_reads stack_reads;
	enum marker marker;
	enum stack_limit stack_limit;
	enum section section;
	enum frame_flag frame_flag;
	enum frame_slot frame_slot;
	enum layer layer;
	enum start start;
	enum task_context task_context;
	enum skb_has skb_has;
	enum ct_has ct_has;
	enum ct_zone_dir ct_zone_dir;
	enum ct_state ct_state;
	enum nft_has nft_has;
	enum nft_verdict nft_verdict;
	enum ovs_event ovs_event;
	enum ovs_has ovs_has;
} shared;
