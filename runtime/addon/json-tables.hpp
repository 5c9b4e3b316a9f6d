// What an event looks like, as compiler/schema/event/decoder-tables.ts says it: see there what each
// member means.
#pragma once
#include <napi.h>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

enum class JsonKind : uint8_t {
	kInteger,
	kBoolean,
	kChars,
	kInterned,
	kSymbol,
	kNames,
	kAddress,
	kWords,
	kPacketBytes,
	kStack,
	kProbeSymbol,
	kProbeType,
	kDropSubsystem,
	kDropReason,
	kLiteral,
	kEmptyText,
	kEmptyTexts,
	kObject,
	kExtra,
};

enum class JsonFinish : uint8_t { kNone, kCommon, kKernel, kDrop, kPacket, kUser };

// Size 0: nowhere.
struct JsonPlace {
	uint32_t offset;
	uint32_t size;
};

// What the decoder looks at for every value comes first, in one or two cache lines.
struct JsonMember {
	uint64_t head; // the first 8 bytes of `quoted`, those of a shorter one
	uint64_t head_mask;
	const char *rest; // what follows them
	uint32_t rest_size;
	uint32_t quoted_size;
	JsonKind kind;
	JsonPlace at;
	JsonPlace beside;
	JsonPlace has;
	uint32_t has_mask;
	bool unset;
	bool is_signed;
	bool nonzero;
	bool agree;
	bool required;
	bool moved;
	uint8_t bits;
	uint8_t shift;
	int8_t tag;
	int16_t child;
	std::vector<std::pair<std::string, uint32_t>> names;
	std::string key;
	std::string quoted; // `"key":`
	std::string literal;
};

struct JsonCase {
	int64_t tags[2];
	uint64_t required;
	uint64_t allowed;
};

struct JsonObject {
	std::string key;
	uint16_t parent;
	uint32_t present;
	bool section;
	bool has_moved;
	JsonFinish finish;
	JsonPlace check;
	JsonPlace choose;
	uint32_t choose_value;
	uint64_t required;
	std::vector<JsonMember> members;
	std::vector<JsonCase> cases;
};

struct JsonTables {
	uint32_t fixed;
	uint32_t snap;
	struct {
		uint32_t size, slot, flags, present;
	} header;
	struct {
		uint32_t captured, window, start;
	} packet;
	struct {
		uint32_t depth, id, present;
	} stack;
	struct {
		uint32_t symbol, path;
	} user;
	struct {
		uint32_t json, present;
	} extra;
	std::vector<JsonObject> objects;

	explicit JsonTables(Napi::Object from);
};
