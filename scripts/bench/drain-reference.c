// SPDX-License-Identifier: GPL-2.0
/*
 * What the drain is measured against: a plain C loop over ring_buffer__poll that copies records and
 * counts them. The producer is a process of its own, the same for both sides.
 *
 *   drain-reference consume OBJECT SECONDS     prints "program ID", then one line of figures
 *   drain-reference produce ID SECONDS CPU [RATE]
 *                                              keeps that CPU busy with test runs of the program;
 *                                              with a rate, makes so many records a second
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#define BURST 256
#define COPY_BYTES (512 * 1024)

static unsigned char copies[COPY_BYTES];
static size_t copied;
static unsigned long long records;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static int fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	return 1;
}

static int on_record(void *unused, void *data, size_t size)
{
	if (copied + size > COPY_BYTES)
		copied = 0;
	memcpy(copies + copied, data, size);
	copied += size;
	records++;
	return 0;
}

static int consume(const char *path, double seconds)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);
	struct ring_buffer *ring;
	unsigned long long *count;
	struct rusage usage;
	double start, end;

	if (!object || bpf_object__load(object))
		return fail("load");
	if (bpf_obj_get_info_by_fd(
		    bpf_program__fd(bpf_object__find_program_by_name(object, "produce")), &info,
		    &size))
		return fail("program");
	count = mmap(NULL, 4096, PROT_READ, MAP_SHARED,
		     bpf_map__fd(bpf_object__find_map_by_name(object, ".bss")), 0);
	if (count == MAP_FAILED)
		return fail("counters");
	ring = ring_buffer__new(bpf_map__fd(bpf_object__find_map_by_name(object, "events")),
				on_record, NULL, NULL);
	if (!ring)
		return fail("ring");
	printf("program %u\n", info.id);
	fflush(stdout);
	while (records == 0)
		ring_buffer__poll(ring, 100);
	start = now();
	for (end = start + seconds; now() < end;)
		ring_buffer__poll(ring, 100);
	getrusage(RUSAGE_SELF, &usage);
	end = now();
	printf("{\"records\": %llu, \"lost\": %llu, \"seconds\": %.3f, \"cpu\": %.3f}\n", records,
	       count[1], end - start,
	       usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
		       (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
	return 0;
}

/* Without a rate, as fast as it can. */
static int produce(unsigned int id, double seconds, int cpu, double rate)
{
	unsigned long long context = BURST;
	LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = &context, .ctx_size_in = sizeof(context));
	int fd = bpf_prog_get_fd_by_id(id);
	cpu_set_t only;
	double start = now(), made = 0;

	if (fd < 0)
		return fail("program");
	CPU_ZERO(&only);
	CPU_SET(cpu, &only);
	sched_setaffinity(0, sizeof(only), &only);
	while (now() < start + seconds) {
		if (rate && made > rate * (now() - start)) {
			usleep(100);
			continue;
		}
		if (bpf_prog_test_run_opts(fd, &run))
			return fail("test run");
		made += BURST;
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "consume") == 0)
		return consume(argv[2], atof(argv[3]));
	if (argc >= 5 && strcmp(argv[1], "produce") == 0)
		return produce(atoi(argv[2]), atof(argv[3]), atoi(argv[4]),
			       argc > 5 ? atof(argv[5]) : 0);
	fprintf(stderr, "usage: drain-reference consume OBJECT SECONDS | "
			"produce ID SECONDS CPU [RATE]\n");
	return 2;
}
