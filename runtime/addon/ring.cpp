// Reads the two position counters and the record headers that kernel and consumer share.
#include "ring.hpp"
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/bpf.h>

Ring::~Ring()
{
	if (consumer_ != nullptr)
		munmap(consumer_, page_);
	if (producer_ != nullptr)
		munmap(const_cast<uint64_t *>(producer_), page_ + size_);
	if (fd_ >= 0)
		close(fd_);
}

// kernel/bpf/ringbuf.c: page 0 is the consumer's position, page 1 the producer's, then the data
// twice in a row, so that no record is ever split. One of them is enough for who copies anyway,
// and half of the resident memory.
int Ring::Open(int map_fd, size_t size)
{
	fd_ = fcntl(map_fd, F_DUPFD_CLOEXEC, 3);
	if (fd_ < 0)
		return errno;
	size_ = size;
	page_ = static_cast<size_t>(sysconf(_SC_PAGESIZE));
	void *consumer = mmap(nullptr, page_, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
	if (consumer == MAP_FAILED)
		return errno;
	consumer_ = static_cast<uint64_t *>(consumer);
	void *producer =
		mmap(nullptr, page_ + size_, PROT_READ, MAP_SHARED, fd_, static_cast<off_t>(page_));
	if (producer == MAP_FAILED)
		return errno;
	producer_ = static_cast<const uint64_t *>(producer);
	data_ = static_cast<const uint8_t *>(producer) + page_;
	position_ = __atomic_load_n(consumer_, __ATOMIC_ACQUIRE);
	return 0;
}

uint64_t Ring::Produced() const
{
	return __atomic_load_n(producer_, __ATOMIC_ACQUIRE);
}

bool Ring::Peek(Record &record) const
{
	if (position_ >= Produced())
		return false;
	const uint8_t *header = data_ + (position_ & (size_ - 1));
	uint32_t length =
		__atomic_load_n(reinterpret_cast<const uint32_t *>(header), __ATOMIC_ACQUIRE);
	if (length & BPF_RINGBUF_BUSY_BIT)
		return false;
	record.discarded = (length & BPF_RINGBUF_DISCARD_BIT) != 0;
	record.length = length & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
	record.data = header + BPF_RINGBUF_HDR_SZ;
	return true;
}

void Ring::Copy(const Record &record, size_t length, uint8_t *to) const
{
	size_t to_the_end = static_cast<size_t>(data_ + size_ - record.data);
	if (length <= to_the_end) {
		memcpy(to, record.data, length);
		return;
	}
	memcpy(to, record.data, to_the_end);
	memcpy(to + to_the_end, data_, length - to_the_end);
}

void Ring::Skip(const Record &record)
{
	position_ += (record.length + BPF_RINGBUF_HDR_SZ + 7) / 8 * 8;
}

// The commit clears the busy bit, then reads this position to decide on a wake-up: a full barrier
// keeps our store before our next look at the busy bit.
void Ring::Publish()
{
	__atomic_store_n(consumer_, position_, __ATOMIC_RELEASE);
	std::atomic_thread_fence(std::memory_order_seq_cst);
}
