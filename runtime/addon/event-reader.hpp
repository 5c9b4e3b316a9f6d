// One stored block -> frames that can be trusted to lie within it.
#pragma once
#include "addon.hpp"
#include "event-format.hpp"
#include <string>
#include <vector>

namespace event_file
{
// Copies an integer, or an array of bytes, to where this version's structs have it.
struct MemberMove {
	uint32_t from;
	uint32_t to;
	uint32_t size;
	uint32_t room; // bytes there: more than `size` are filled with the sign or zeros
	bool is_signed;
};

struct SectionMove {
	uint32_t bit;
	uint32_t new_bit;
	uint32_t from; // where the section's struct is in a frame
	uint32_t to;
	std::vector<MemberMove> members;
};

// How the frames of a file lie; the moves are empty where its structs are this version's own.
struct StoredShape {
	uint32_t bytes = 0;
	uint32_t present = 0; // bits that may be set
	uint32_t packet_bit = 0;
	uint32_t captured = 0;
	uint32_t stack_bit = 0;
	uint32_t stack = 0;
	bool moves = false;
	uint32_t new_bytes = 0;
	std::vector<MemberMove> header;
	std::vector<SectionMove> sections;
};

struct StoredBlock {
	const uint8_t *data = nullptr;
	size_t length = 0;
	uint32_t codec = 0;
	uint32_t raw_length = 0;
	uint32_t frames = 0;
	uint32_t payload_crc = 0;
};

struct ReadResult {
	const char *problem = nullptr; // what is wrong with it; null: nothing
	size_t problem_at = 0;
	size_t frames = 0; // bytes of frames in the output
	size_t table = 0;  // bytes of the table behind them
	size_t records = 0;
};

// `out` has room for what Room() says.
ReadResult ReadBlock(const StoredBlock &block, const StoredShape *shape, uint8_t *out, size_t room);
} // namespace event_file

void InitEventReader(Napi::Env env, Napi::Object exports);
