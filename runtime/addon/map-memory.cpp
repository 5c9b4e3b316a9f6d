// Mapping the values of an array map: each takes a multiple of 8 bytes, all together whole pages.
#include "map-memory.hpp"
#include <cerrno>
#include <sys/mman.h>
#include <unistd.h>
extern "C" {
#include <bpf/libbpf.h>
}

MapMemory::~MapMemory()
{
	if (data_ != nullptr)
		munmap(data_, mapped_);
}

void MapMemory::Release()
{
	data_ = nullptr;
}

int MapMemory::Open(const struct bpf_map *map)
{
	if (bpf_map__type(map) != BPF_MAP_TYPE_ARRAY)
		return EINVAL;
	size_ = RoundUp(bpf_map__value_size(map), 8) * bpf_map__max_entries(map);
	mapped_ = RoundUp(size_, static_cast<size_t>(sysconf(_SC_PAGESIZE)));
	int fd = bpf_map__fd(map);
	void *data = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	// A frozen map (.rodata) can be read only.
	if (data == MAP_FAILED && (errno == EPERM || errno == EACCES))
		data = mmap(nullptr, mapped_, PROT_READ, MAP_SHARED, fd, 0);
	if (data == MAP_FAILED)
		return errno;
	data_ = static_cast<uint8_t *>(data);
	return 0;
}
