// The bytes of an event file (docs/event-file.md): its first 16, and the 64 in front of each block.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

// The byte orders of the file and of the machines that this runs on are the same.
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

namespace event_file
{
constexpr char file_magic[8] = {'\x89', 'R', 'E', 'T', 'I', 'S', '\r', '\n'};
constexpr char block_magic[8] = {'\xab', 'B', 'L', 'O', 'C', 'K', '\r', '\n'};
constexpr uint16_t version_major = 1;
constexpr uint16_t version_minor = 1;

enum block_type : uint8_t { BLOCK_HEADER = 1, BLOCK_FRAMES, BLOCK_INDEX, BLOCK_END };
enum block_codec : uint8_t { CODEC_PLAIN, CODEC_ZSTD };
// Entries of the table behind the frames of a block.
enum entry_kind : uint32_t {
	ENTRY_STRING = 1,
	ENTRY_STACK,
	ENTRY_SYMBOL,
	ENTRY_LOSS,
	ENTRY_TICK,
	ENTRY_PROBE,
	ENTRY_REASON,
};

// More than any writer puts into a block: what claims more is damaged.
constexpr uint32_t largest_block = 12 << 20;
constexpr uint32_t no_slot = 0xffffffff;
constexpr uint32_t stored_stack = 0xffffffff;

struct Preamble {
	char magic[8];
	uint16_t major;
	uint16_t minor;
	uint32_t reserved;
};

struct BlockHeader {
	char magic[8];
	uint8_t type;
	uint8_t codec;
	uint16_t flags;
	uint32_t raw_length;
	uint32_t stored_length;
	uint32_t records;
	uint64_t first_time;
	uint64_t last_time;
	uint64_t ordinal; // records of the run before this block
	uint32_t frames;  // bytes of the payload that are frames; the rest is the table
	uint32_t reserved;
	uint32_t payload_crc;
	uint32_t header_crc; // of the 60 bytes before it
};
static_assert(sizeof(Preamble) == 16 && sizeof(BlockHeader) == 64);

struct IndexEntry {
	uint64_t offset; // of the block, from the start of the file
	uint64_t first_time;
	uint64_t last_time;
	uint64_t ordinal;
	uint32_t records;
	uint32_t reserved;
};

struct EndRecord {
	uint64_t index_offset;
	uint64_t records; // of this file
	uint64_t lost;
};

template <typename T> T Load(const uint8_t *at)
{
	T value;
	memcpy(&value, at, sizeof(value));
	return value;
}

template <typename T> void Store(uint8_t *at, T value)
{
	memcpy(at, &value, sizeof(value));
}

inline size_t Aligned(size_t size)
{
	return (size + 7) & ~static_cast<size_t>(7);
}

// Castagnoli's polynomial, as in iSCSI (RFC 3720, appendix B.4).
uint32_t Crc32c(const void *data, size_t length, uint32_t crc = 0);
} // namespace event_file
