// SPDX-License-Identifier: GPL-2.0-only
/* Sends an exact number of packets from the current network namespace: TCP connection attempts, UDP
 * datagrams, frames given byte by byte, or datagrams that have no header at all. Small and in C
 * because a case starts it many times, in emulated machines too.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void __attribute__((noreturn, format(printf, 1, 2))) fail(const char *format, ...)
{
	int error = errno;
	va_list arguments;

	fputs("send: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "%s%s\n", error ? ": " : "", error ? strerror(error) : "");
	exit(1);
}

static void __attribute__((noreturn)) usage(void)
{
	errno = 0;
	fail("usage: send tcp ADDRESS PORT COUNT [MILLISECONDS] | udp ADDRESS PORT COUNT [SIZE] | "
	     "frames DEVICE HEX COUNT | unix COUNT");
}

static long number(const char *text, long most)
{
	char *end;
	long value = strtol(text, &end, 10);

	errno = 0;
	if (*end || end == text || value < 0 || value > most)
		fail("not a number up to %ld: %s", most, text);
	return value;
}

struct destination {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} address;
	socklen_t size;
};

static struct destination destination(const char *address, const char *port)
{
	struct destination to = {.size = sizeof(to.address.v4)};

	to.address.v4.sin_family = AF_INET;
	to.address.v4.sin_port = htons(number(port, 65535));
	if (inet_pton(AF_INET, address, &to.address.v4.sin_addr) == 1)
		return to;
	to.size = sizeof(to.address.v6);
	to.address.v6 = (struct sockaddr_in6){.sin6_family = AF_INET6,
					      .sin6_port = htons(number(port, 65535))};
	if (inet_pton(AF_INET6, address, &to.address.v6.sin6_addr) != 1)
		fail("not an address: %s", address);
	return to;
}

/* One SYN each: the socket goes at the answer or when the time is up; the first retransmission
 * comes after 1 s. */
static void send_tcp(const struct destination *to, long count, int milliseconds)
{
	while (count--) {
		int fd = socket(to->address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
		struct pollfd answer = {.fd = fd, .events = POLLOUT};

		if (fd < 0)
			fail("socket");
		if (connect(fd, &to->address.any, to->size) && errno != EINPROGRESS &&
		    errno != ECONNREFUSED)
			fail("connect");
		poll(&answer, 1, milliseconds);
		close(fd);
	}
}

/* The socket is not connected, so an ICMP error for one datagram does not fail the next. */
static void send_udp(const struct destination *to, long count, size_t size)
{
	static char payload[65507];
	int fd = socket(to->address.any.sa_family, SOCK_DGRAM, 0);

	if (fd < 0)
		fail("socket");
	while (count--) {
		ssize_t sent = sendto(fd, payload, size, 0, &to->address.any, to->size);

		/* EPERM: a netfilter rule dropped it on its way out. */
		if (sent != (ssize_t)size && errno != EPERM)
			fail("sendto");
	}
}

/* Datagrams between two ends of this process that nobody reads: packets without any header. */
static void send_unix(long count)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends))
		fail("socketpair");
	while (count--)
		if (write(ends[0], "unread", 6) != 6)
			fail("write");
}

static size_t bytes_of(const char *hex, unsigned char *bytes, size_t room)
{
	size_t size = strlen(hex) / 2;

	errno = 0;
	if (strlen(hex) % 2 || size > room)
		fail("not whole bytes, or more than %zu", room);
	for (size_t i = 0; i < size; i++)
		if (sscanf(hex + 2 * i, "%2hhx", &bytes[i]) != 1)
			fail("not hexadecimal at byte %zu", i);
	return size;
}

static void send_frames(const char *device, const char *hex, long count)
{
	static unsigned char frame[65536];
	size_t size = bytes_of(hex, frame, sizeof(frame));
	struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = if_nametoindex(device)};
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (!to.sll_ifindex)
		fail("%s", device);
	if (fd < 0)
		fail("socket");
	/* The kernel takes skb->protocol from here; the frame's own type follows its two addresses.
	 */
	if (size >= ETH_HLEN)
		memcpy(&to.sll_protocol, frame + 2 * ETH_ALEN, sizeof(to.sll_protocol));
	while (count--) {
		ssize_t sent = sendto(fd, frame, size, 0, (struct sockaddr *)&to, sizeof(to));

		/* ENOBUFS: the device took the frame and dropped it, which is what some cases want.
		 */
		if (sent != (ssize_t)size && errno != ENOBUFS)
			fail("sendto");
	}
}

int main(int argc, char **argv)
{
	const long most = 100000000;

	if (argc == 5 && !strcmp(argv[1], "frames")) {
		send_frames(argv[2], argv[3], number(argv[4], most));
	} else if (argc == 3 && !strcmp(argv[1], "unix")) {
		send_unix(number(argv[2], 10));
	} else if ((argc == 5 || argc == 6) && !strcmp(argv[1], "tcp")) {
		struct destination to = destination(argv[2], argv[3]);

		send_tcp(&to, number(argv[4], most), argc == 6 ? number(argv[5], 60000) : 100);
	} else if ((argc == 5 || argc == 6) && !strcmp(argv[1], "udp")) {
		struct destination to = destination(argv[2], argv[3]);

		send_udp(&to, number(argv[4], most), argc == 6 ? number(argv[5], 65507) : 8);
	} else {
		usage();
	}
	return 0;
}
