// Decodes one event: JSON object -> frame. What cannot be told in a frame is kept as JSON text in
// its section `extra`.
#pragma once
#include "json-cursor.hpp"
#include "json-interner.hpp"
#include "json-tables.hpp"
#include <string>
#include <unordered_map>
#include <vector>

// Numbers that frames refer to texts by. Those with this bit are of one batch and mean nothing once
// it is given back.
constexpr uint32_t kTransient = 0x80000000;
constexpr uint32_t kBatchShift = 24;
constexpr uint32_t kBatches = 64;

enum ProbeNameKind { kProbeTp, kProbeKprobe, kProbeKretprobe, kProbeUsdt };

struct JsonProbe {
	int kind;
	std::string name;
};

// What all events of a stream share, in bounded memory.
class JsonNames
{
      public:
	JsonNames();

	void BeginBatch(uint32_t batch);
	uint32_t Text(std::string_view text);
	// A list of texts, as its JSON.
	uint32_t Stack(std::string_view json);
	// Of texts that seldom repeat: of this batch only.
	uint32_t Passing(std::string_view text);
	std::string_view TextOf(uint32_t id) const;
	std::string_view StackOf(uint32_t id) const;
	// How much this batch keeps beside what the stream keeps.
	size_t BatchBytes() const;

	// The slot; SLOT_NONE when there are too many.
	uint16_t Probe(int kind, std::string_view name, std::string_view path);
	const std::vector<JsonProbe> &Probes() const
	{
		return probes_;
	}

	// A reason as Retis spells it, with its number.
	void AddReason(std::string_view text, uint32_t value);
	void AddSubsystem(std::string_view name, uint32_t number);
	// False when there are too many.
	bool Reason(std::string_view subsystem, std::string_view reason, uint32_t &value);
	std::string_view ReasonText(uint32_t value) const;

      private:
	JsonInterner texts_;
	JsonInterner stacks_;
	JsonInterner keys_;
	std::vector<JsonInterner> passing_;
	uint32_t batch_ = 0;
	std::vector<JsonProbe> probes_;
	std::unordered_map<uint32_t, uint16_t> slots_;
	JsonInterner reasons_;
	std::vector<uint32_t> reason_values_;
	std::unordered_map<uint32_t, uint32_t> reason_ids_;
	JsonInterner subsystems_;
	std::vector<uint32_t> subsystem_numbers_;
	std::string scratch_;
};

struct JsonProblem {
	const uint8_t *at;
	std::string reason;
};

class JsonEvent
{
      public:
	JsonEvent(const JsonTables &tables, JsonNames &names);

	enum class Result { kEvent, kDropped, kMalformed };

	// Decodes the object that begins at `cursor.at` into `frame`, which has room for the fixed
	// part and the snap length. kDropped: sound JSON, but no event; `problems` says why.
	Result Decode(JsonCursor &cursor, uint8_t *frame, uint16_t flags, size_t &size,
		      std::vector<JsonProblem> &problems);

      private:
	struct Extra {
		uint16_t object;
		std::string_view key; // with its quotes
		std::string_view value;
	};
	// What came of one section.
	struct Section {
		bool misfit = false;
		const JsonObject *object = nullptr; // where it is wrong
		const JsonMember *member = nullptr;
		const char *wrong = nullptr;
	};
	enum class Take { kFrame, kLossy, kMisfit, kWrong, kMalformed };

	bool Object(uint16_t index, Section &section);
	bool ObjectBody(uint16_t index, Section &section, uint64_t &seen);
	const JsonMember *Key(const JsonObject &object, size_t &hint, std::string_view &raw);
	bool SectionObject(uint16_t index);
	bool Value(uint16_t index, const JsonMember &member, std::string_view key,
		   Section &section);
	void EndObject(const JsonObject &object, uint64_t seen, Section &section);
	void EndCases(const JsonObject &object, uint64_t seen, Section &section);
	const char *Finish(const JsonObject &object);
	Take Scalar(const JsonMember &member);
	Take Integer(const JsonMember &member);
	Take Boolean(const JsonMember &member);
	Take TextValue(const JsonMember &member);
	Take TextInto(const JsonMember &member, std::string_view text);
	Take Address(const JsonMember &member, std::string_view text);
	Take NamedNumber(const JsonMember &member, std::string_view text);
	Take Words(const JsonMember &member);
	Take List(const JsonMember &member);
	Take Wrong();
	std::string Describe(const Section &section) const;
	void AssembleExtra();
	void EmitExtra(uint16_t object, const std::vector<bool> &dirty);

	uint64_t Get(const JsonPlace &place) const;
	void Put(const JsonPlace &place, uint64_t value);
	bool Agree(const JsonPlace &place, uint64_t value);

	const JsonTables &tables_;
	JsonNames &names_;
	std::vector<std::pair<JsonPlace, uint32_t>> initial_;
	JsonCursor *cursor_ = nullptr;
	uint8_t *frame_ = nullptr;
	uint32_t present_ = 0;
	std::vector<Extra> extras_;
	std::vector<JsonProblem> *problems_ = nullptr;
	bool dropped_ = false;
	uint16_t slot_ = 0;
	int64_t tags_[2] = {};
	size_t bytes_ = 0;
	std::string unescaped_;
	std::string probe_symbol_;
	int probe_type_ = 0;
	std::string subsystem_;
	std::string reason_;
	std::string json_;
};
