// The consumer's side of a BPF ring buffer map: positions and records, as the kernel lays them out.
#pragma once
#include <cstddef>
#include <cstdint>

class Ring
{
      public:
	struct Record {
		const uint8_t *data; // may continue where the ring begins: see Copy()
		uint32_t length;
		bool discarded;
	};

	Ring() = default;
	~Ring();
	Ring(const Ring &) = delete;
	Ring &operator=(const Ring &) = delete;

	// Keeps a descriptor of its own. `size` is the map's max_entries. Returns 0 or an errno.
	int Open(int map_fd, size_t size);
	int Fd() const
	{
		return fd_;
	}

	// Where the next record will be written.
	uint64_t Produced() const;
	// What was read so far, published or not.
	uint64_t Position() const
	{
		return position_;
	}
	// The record at Position(), false when there is none or it is still being written.
	bool Peek(Record &record) const;
	// Its first bytes.
	void Copy(const Record &record, size_t length, uint8_t *to) const;
	// Steps over the record that Peek() gave.
	void Skip(const Record &record);
	// Gives the kernel the space of everything skipped so far. A record committed before is
	// seen by the next Peek(); one committed after wakes poll().
	void Publish();

      private:
	int fd_ = -1;
	size_t size_ = 0;
	size_t page_ = 0;
	uint64_t position_ = 0;
	uint64_t *consumer_ = nullptr;
	const uint64_t *producer_ = nullptr;
	const uint8_t *data_ = nullptr;
};
