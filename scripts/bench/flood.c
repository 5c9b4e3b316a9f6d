// SPDX-License-Identifier: GPL-2.0
/*
 * Sends TCP segments of 300 bytes as fast as the device takes them, or a given number of them.
 *
 *   flood DEVICE PORT milliseconds N | packets N       prints how many it sent
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define FRAME_BYTES 300
#define BURST 64

struct segment {
	struct ether_header ethernet;
	struct iphdr ip;
	struct tcphdr tcp;
	char payload[FRAME_BYTES - sizeof(struct ether_header) - sizeof(struct iphdr) -
		     sizeof(struct tcphdr)];
} __attribute__((packed));

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static int fail(const char *what)
{
	perror(what);
	return 1;
}

/* To nobody: no host owns the addresses, so the packet ends soon after the device has received it.
 */
static void fill(struct segment *segment, int port)
{
	memset(segment, 0, sizeof(*segment));
	memset(segment->ethernet.ether_dhost, 0xff, 6);
	segment->ethernet.ether_type = htons(ETHERTYPE_IP);
	segment->ip.version = 4;
	segment->ip.ihl = 5;
	segment->ip.ttl = 64;
	segment->ip.protocol = IPPROTO_TCP;
	segment->ip.tot_len = htons(FRAME_BYTES - sizeof(segment->ethernet));
	segment->ip.saddr = htonl(0x0a090001);
	segment->ip.daddr = htonl(0x0a090002);
	segment->tcp.source = htons(40000);
	segment->tcp.dest = htons(port);
	segment->tcp.doff = 5;
	segment->tcp.ack = 1;
}

int main(int argc, char **argv)
{
	struct mmsghdr messages[BURST] = {};
	struct sockaddr_ll device = {.sll_family = AF_PACKET, .sll_halen = 6};
	struct segment segment;
	struct iovec bytes = {&segment, sizeof(segment)};
	long sent = 0, most = -1;
	double until = 0;
	int s;

	if (argc != 5)
		return fprintf(stderr, "usage: flood DEVICE PORT milliseconds|packets N\n"), 2;
	if (strcmp(argv[3], "packets") == 0)
		most = atol(argv[4]);
	else
		until = now() + atof(argv[4]) / 1000;
	fill(&segment, atoi(argv[2]));
	device.sll_ifindex = if_nametoindex(argv[1]);
	for (int i = 0; i < BURST; i++) {
		messages[i].msg_hdr.msg_iov = &bytes;
		messages[i].msg_hdr.msg_iovlen = 1;
		messages[i].msg_hdr.msg_name = &device;
		messages[i].msg_hdr.msg_namelen = sizeof(device);
	}
	s = socket(AF_PACKET, SOCK_RAW, 0);
	if (s < 0 || !device.sll_ifindex)
		return fail(argv[1]);
	while (most >= 0 ? sent < most : now() < until) {
		long left = most >= 0 && most - sent < BURST ? most - sent : BURST;
		int done = sendmmsg(s, messages, left, 0);

		if (done < 0)
			return fail("send");
		sent += done;
	}
	printf("%ld\n", sent);
	return 0;
}
