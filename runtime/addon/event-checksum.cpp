// CRC-32C: the processor's instruction where there is one, else a table of eight bytes at a time.
#include "event-format.hpp"
#include <array>
#ifdef __x86_64__
#include <nmmintrin.h>
#endif

namespace event_file
{
using Tables = std::array<std::array<uint32_t, 256>, 8>;

static Tables MakeTables()
{
	Tables tables{};
	for (uint32_t byte = 0; byte < 256; byte++) {
		uint32_t crc = byte;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0x82f63b78 : crc >> 1;
		tables[0][byte] = crc;
	}
	for (size_t table = 1; table < 8; table++) {
		for (size_t byte = 0; byte < 256; byte++) {
			uint32_t before = tables[table - 1][byte];
			tables[table][byte] = before >> 8 ^ tables[0][before & 0xff];
		}
	}
	return tables;
}

static uint32_t ByTable(const uint8_t *data, size_t length, uint32_t crc)
{
	static const Tables tables = MakeTables();
	for (; length >= 8; data += 8, length -= 8) {
		uint64_t word = Load<uint64_t>(data) ^ crc;
		crc = 0;
		for (size_t byte = 0; byte < 8; byte++)
			crc ^= tables[7 - byte][word >> 8 * byte & 0xff];
	}
	while (length-- > 0)
		crc = crc >> 8 ^ tables[0][(crc ^ *data++) & 0xff];
	return crc;
}

#ifdef __x86_64__
__attribute__((target("sse4.2"))) static uint32_t ByInstruction(const uint8_t *data, size_t length,
								uint32_t crc)
{
	uint64_t wide = crc;
	for (; length >= 8; data += 8, length -= 8)
		wide = _mm_crc32_u64(wide, Load<uint64_t>(data));
	crc = static_cast<uint32_t>(wide);
	while (length-- > 0)
		crc = _mm_crc32_u8(crc, *data++);
	return crc;
}
#endif

uint32_t Crc32c(const void *data, size_t length, uint32_t crc)
{
	auto *bytes = static_cast<const uint8_t *>(data);
#ifdef __x86_64__
	static const bool instruction = __builtin_cpu_supports("sse4.2");
	if (instruction)
		return ~ByInstruction(bytes, length, ~crc);
#endif
	return ~ByTable(bytes, length, ~crc);
}
} // namespace event_file
