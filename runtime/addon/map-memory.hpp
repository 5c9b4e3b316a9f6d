// The value area of an array map (a data section is one) as memory of this process.
#pragma once
#include <cstddef>
#include <cstdint>

struct bpf_map;

inline size_t RoundUp(size_t value, size_t to)
{
	return (value + to - 1) / to * to;
}

class MapMemory
{
      public:
	MapMemory() = default;
	~MapMemory();
	MapMemory(const MapMemory &) = delete;
	MapMemory &operator=(const MapMemory &) = delete;

	// Writable where the map allows it. Returns 0 or an errno.
	int Open(const struct bpf_map *map);
	uint8_t *Data() const
	{
		return data_;
	}
	// Bytes of values, without the rest of the last page.
	size_t Size() const
	{
		return size_;
	}
	// Gives the mapping away: the caller unmaps Mapped() bytes at Data().
	void Release();
	size_t Mapped() const
	{
		return mapped_;
	}

      private:
	uint8_t *data_ = nullptr;
	size_t size_ = 0;
	size_t mapped_ = 0;
};
