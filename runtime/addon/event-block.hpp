// Frames of batches -> the payload of one block: frames as they are stored, and the table of what
// they refer to.
#pragma once
#include "event-format.hpp"
#include "event-symbols.hpp"
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace event_file
{
// How frames come in, and how they are stored.
struct FrameShape {
	struct Section {
		uint32_t bit;
		uint32_t from; // where its struct is in a frame that comes in
		uint32_t to;   // and in a stored one
		uint32_t size; // bytes that are stored
	};

	std::vector<Section> sections; // ascending
	uint32_t bytes = 0;	       // of the fixed part of a frame that comes in
	uint32_t stored_bytes = 0;
	uint32_t captured = 0; // where the length of the packet's bytes is (u16); 0: no packet
	uint32_t packet_bit = 0;
	uint32_t stack = 0; // where struct section_stack is; 0: no stacks
	uint32_t stack_bit = 0;
	uint32_t stack_depth = 0;     // addresses that it holds at most
	std::vector<Section> symbols; // members that are a kernel address
	std::vector<Section> strings; // members that are the number of a text
	bool live = false;	      // stacks are addresses, which are named here
};

// The counters of a run, which the kernel writes: events that found the ring full, per CPU and
// probe.
struct LossCounters {
	const uint8_t *memory = nullptr;
	size_t length = 0;
	size_t cpu_stride = 0;
	size_t first = 0; // of slot 0 of CPU 0
	size_t slot_stride = 0;
	uint32_t slots = 0;
};

class BlockBuilder
{
      public:
	BlockBuilder(FrameShape shape, LossCounters counters, std::shared_ptr<SymbolTable> symbols);

	// What the numbers in the frames that follow stand for, as entries of a block; the memory
	// has to stay until the next call. Numbers of texts and stacks are replaced by ones that
	// are never used again in the run. False: malformed.
	bool SetTable(const uint8_t *table, size_t length);
	// The frame at `frame`, of which `available` bytes may be read. `chosen`: it is stored, not
	// just counted. Returns its size as it came in; 0: it is no frame.
	size_t Add(const uint8_t *frame, size_t available, bool chosen);
	void AddTick(uint32_t index, uint64_t time);
	// What the counters say that no frame said.
	void AddRest();

	size_t Size() const
	{
		return frames_.size() + table_.size();
	}
	bool Empty() const
	{
		return frames_.empty() && table_.empty();
	}
	uint64_t Lost() const
	{
		return lost_;
	}
	// Joins the two parts into the payload, and describes it.
	const std::vector<uint8_t> &Finish(BlockHeader &header);
	void Clear();

      private:
	struct Cpu {
		uint32_t lost = 0;
		uint64_t time = 0;
	};
	// An entry that came with a batch, and the number that it has in the run.
	struct Given {
		uint32_t id;
		const uint8_t *body;
		uint32_t length;
	};
	using GivenMap = std::unordered_map<uint32_t, Given>;

	void WatchLoss(const uint8_t *frame);
	void AddLoss(uint32_t cpu, uint64_t from, uint64_t to, uint64_t count);
	void AddLossEntry(uint32_t cpu, uint32_t slot, uint64_t from, uint64_t to, uint64_t count);
	void StoreStack(uint8_t *stored, const uint8_t *section);
	uint32_t Renumber(const GivenMap &given, entry_kind kind, uint32_t id);
	void AppendOthers();
	void AppendEntry(entry_kind kind, const void *body, size_t length);
	uint32_t InternStack(const uint8_t *addresses, uint32_t depth);
	std::string StackBody(uint32_t id, const uint8_t *addresses, uint32_t depth);
	const std::string &SymbolName(uint64_t address);
	void NameSymbol(uint64_t address);
	void Append(const void *data, size_t length);
	void Append32(uint32_t value);
	void Append64(uint64_t value);

	FrameShape shape_;
	LossCounters counters_;
	std::shared_ptr<SymbolTable> symbols_;

	std::vector<uint8_t> frames_;
	std::vector<uint8_t> table_;
	uint32_t records_ = 0;
	uint64_t first_time_ = 0;
	uint64_t last_time_ = 0;
	// What the table of this block has.
	std::unordered_set<uint64_t> symbols_in_;
	std::unordered_set<uint64_t> numbered_in_; // the kind above, the number below 32 bits

	GivenMap given_strings_;
	GivenMap given_stacks_;
	std::vector<std::pair<entry_kind, Given>> given_others_;
	bool others_in_ = true;

	// Over the run.
	std::unordered_map<std::string, uint32_t> stack_ids_;
	std::unordered_map<uint32_t, std::string> stack_bodies_;
	std::unordered_map<std::string, uint32_t> string_ids_;
	size_t string_bytes_ = 0;
	std::unordered_map<uint64_t, std::string> symbol_names_;
	uint32_t stacks_ = 0;
	uint32_t strings_ = 0;
	std::vector<Cpu> cpus_;
	std::vector<uint64_t> ring_full_; // per CPU and slot, as last seen
	uint64_t lost_ = 0;
};
} // namespace event_file
