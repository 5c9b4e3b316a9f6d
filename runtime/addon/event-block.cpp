// Packs frames: what was not collected becomes zeros, stacks become numbers, the packet ends with
// its last byte. A ring's memory is not cleared: what lies between would be stored, and compressed,
// for nothing.
#include "event-block.hpp"
#include <algorithm>

namespace event_file
{
// struct frame (bpf/sections/frame.h), checked against the generated layout by the JavaScript side.
static constexpr size_t frame_bytes = 40;
static constexpr size_t at_flags = 6, at_cpu = 8, at_present = 12, at_time = 16, at_lost = 32;
static constexpr uint16_t flag_no_cpu = 1 << 1;

// Distinct stacks that are remembered. A trace with more is not helped by remembering.
static constexpr size_t remembered_stacks = 1 << 15;
static constexpr size_t remembered_symbols = 1 << 17;
static constexpr size_t remembered_text = 32 << 20;
static constexpr uint32_t most_cpus = 1 << 16;

// The tracer's own frames stand among the innermost ones.
static constexpr size_t own_frames_within = 12;

BlockBuilder::BlockBuilder(FrameShape shape, LossCounters counters,
			   std::shared_ptr<SymbolTable> symbols)
    : shape_(std::move(shape)), counters_(counters), symbols_(std::move(symbols))
{
}

size_t BlockBuilder::Add(const uint8_t *frame, size_t available, bool chosen)
{
	if (available < shape_.bytes || available < frame_bytes)
		return 0;
	size_t size = Load<uint32_t>(frame);
	if (size < shape_.bytes || size > available || size % 8 != 0)
		return 0;
	WatchLoss(frame);
	if (!chosen)
		return size;
	uint32_t present = Load<uint32_t>(frame + at_present);
	size_t captured = 0;
	if (present & shape_.packet_bit)
		captured = std::min<size_t>(Load<uint16_t>(frame + shape_.captured),
					    size - shape_.bytes);

	size_t begin = frames_.size(), stored = Aligned(shape_.stored_bytes + captured);
	frames_.resize(begin + stored);
	uint8_t *to = frames_.data() + begin;
	memcpy(to, frame, frame_bytes);
	Store(to, static_cast<uint32_t>(stored));
	for (const FrameShape::Section &section : shape_.sections) {
		if (!(present & section.bit))
			continue;
		if (section.bit == shape_.stack_bit)
			StoreStack(to + section.to, frame + section.from);
		else
			memcpy(to + section.to, frame + section.from, section.size);
	}
	for (const FrameShape::Section &member : shape_.strings) {
		if (present & member.bit)
			Store(to + member.to, Renumber(given_strings_, ENTRY_STRING,
						       Load<uint32_t>(to + member.to)));
	}
	if (!others_in_)
		AppendOthers();
	memcpy(to + shape_.stored_bytes, frame + shape_.bytes, captured);
	if (shape_.live) {
		for (const FrameShape::Section &member : shape_.symbols) {
			if (present & member.bit)
				NameSymbol(Load<uint64_t>(frame + member.from));
		}
	}
	uint64_t time = Load<uint64_t>(frame + at_time);
	first_time_ = records_ == 0 ? time : std::min(first_time_, time);
	last_time_ = records_ == 0 ? time : std::max(last_time_, time);
	records_++;
	return size;
}

// A frame carries how many events its CPU had lost by then.
void BlockBuilder::WatchLoss(const uint8_t *frame)
{
	uint32_t cpu = Load<uint32_t>(frame + at_cpu);
	if (Load<uint16_t>(frame + at_flags) & flag_no_cpu || cpu >= most_cpus)
		return;
	if (cpu >= cpus_.size())
		cpus_.resize(cpu + 1);
	Cpu &known = cpus_[cpu];
	uint32_t lost = Load<uint32_t>(frame + at_lost);
	uint64_t time = Load<uint64_t>(frame + at_time);
	if (lost != known.lost) {
		// It has 32 bits and wraps.
		AddLoss(cpu, known.time, time, static_cast<uint32_t>(lost - known.lost));
		known.lost = lost;
	}
	known.time = time;
}

void BlockBuilder::AddLoss(uint32_t cpu, uint64_t from, uint64_t to, uint64_t count)
{
	if (counters_.memory == nullptr) {
		AddLossEntry(cpu, no_slot, from, to, count);
		return;
	}
	// The counters may be ahead of the frame: then the next one adds nothing.
	size_t base = counters_.first + cpu * counters_.cpu_stride;
	if (ring_full_.size() < (cpu + 1) * counters_.slots)
		ring_full_.resize((cpu + 1) * counters_.slots);
	for (uint32_t slot = 0; slot < counters_.slots; slot++) {
		size_t at = base + slot * counters_.slot_stride;
		if (at + 8 > counters_.length)
			return;
		uint64_t now =
			__atomic_load_n(reinterpret_cast<const uint64_t *>(counters_.memory + at),
					__ATOMIC_RELAXED);
		uint64_t &known = ring_full_[cpu * counters_.slots + slot];
		if (now != known)
			AddLossEntry(cpu, slot, from, to, now - known);
		known = now;
	}
}

void BlockBuilder::AddRest()
{
	if (counters_.memory == nullptr || counters_.cpu_stride == 0)
		return;
	size_t cpus = counters_.length / counters_.cpu_stride;
	if (cpus_.size() < cpus)
		cpus_.resize(cpus);
	for (size_t cpu = 0; cpu < cpus; cpu++)
		AddLoss(static_cast<uint32_t>(cpu), cpus_[cpu].time, last_time_, 0);
}

void BlockBuilder::AddLossEntry(uint32_t cpu, uint32_t slot, uint64_t from, uint64_t to,
				uint64_t count)
{
	Append32(ENTRY_LOSS);
	Append32(36);
	Append32(records_);
	Append32(cpu);
	Append32(slot);
	Append64(from);
	Append64(to);
	Append64(count);
	lost_ += count;
}

void BlockBuilder::AddTick(uint32_t index, uint64_t time)
{
	Append32(ENTRY_TICK);
	Append32(16);
	Append32(records_);
	Append32(index);
	Append64(time);
}

void BlockBuilder::StoreStack(uint8_t *stored, const uint8_t *section)
{
	uint32_t depth = Load<uint32_t>(section), id = Load<uint32_t>(section + 4);
	if (depth == stored_stack)
		id = Renumber(given_stacks_, ENTRY_STACK, id);
	else
		id = InternStack(section + 8, std::min(depth, shape_.stack_depth));
	Store(stored, stored_stack);
	Store(stored + 4, id);
}

uint32_t BlockBuilder::InternStack(const uint8_t *addresses, uint32_t depth)
{
	std::string key(reinterpret_cast<const char *>(addresses), depth * 8);
	auto found = stack_ids_.find(key);
	if (found == stack_ids_.end()) {
		uint32_t id = ++stacks_;
		stack_bodies_.emplace(id, StackBody(id, addresses, depth));
		found = stack_ids_.emplace(std::move(key), id).first;
	}
	if (numbered_in_.insert(static_cast<uint64_t>(ENTRY_STACK) << 32 | found->second).second) {
		const std::string &body = stack_bodies_[found->second];
		AppendEntry(ENTRY_STACK, body.data(), body.size());
	}
	return found->second;
}

// How a BPF program gets called: between the traced code and the program, never what a reader asks
// about.
static bool IsOwnFrame(const std::string &name)
{
	for (const char *prefix : {"__bpf_trace_", "__traceiter_", "bpf_get_stack",
				   "bpf_trampoline_", "__bpf_prog_enter", "trace_call_bpf"}) {
		if (name.compare(0, strlen(prefix), prefix) == 0)
			return true;
	}
	static const std::string run = "bpf_trace_run", program = "bpf_prog_";
	if (name.compare(0, run.size(), run) == 0)
		return name.size() > run.size() && name[run.size()] >= '0' &&
		       name[run.size()] <= '9';
	return name.compare(0, program.size(), program) == 0 &&
	       name.size() >= program.size() + 16 &&
	       name.find_first_not_of("0123456789abcdef", program.size()) >= program.size() + 16;
}

std::string BlockBuilder::StackBody(uint32_t id, const uint8_t *addresses, uint32_t depth)
{
	std::vector<std::string> names;
	for (uint32_t index = 0; index < depth; index++)
		names.push_back(SymbolName(Load<uint64_t>(addresses + 8 * index)));
	size_t first = 0;
	for (size_t index = 0; index < std::min(names.size(), own_frames_within); index++) {
		if (IsOwnFrame(names[index]))
			first = index + 1;
	}
	std::string body;
	auto append32 = [](std::string &text, uint32_t value) {
		text.append(reinterpret_cast<const char *>(&value), 4);
	};
	append32(body, id);
	append32(body, static_cast<uint32_t>(names.size() - first));
	for (size_t index = first; index < names.size(); index++) {
		append32(body, static_cast<uint32_t>(names[index].size()));
		body += names[index];
	}
	return body;
}

const std::string &BlockBuilder::SymbolName(uint64_t address)
{
	auto found = symbol_names_.find(address);
	if (found == symbol_names_.end()) {
		if (symbol_names_.size() >= remembered_symbols)
			symbol_names_.clear();
		found = symbol_names_
				.emplace(address, symbols_ ? symbols_->Name(address)
							   : SymbolTable::Hexadecimal(address))
				.first;
	}
	return found->second;
}

void BlockBuilder::NameSymbol(uint64_t address)
{
	if (!symbols_in_.insert(address).second)
		return;
	const std::string &name = SymbolName(address);
	Append32(ENTRY_SYMBOL);
	Append32(static_cast<uint32_t>(8 + name.size()));
	Append64(address);
	Append(name.data(), name.size());
}

bool BlockBuilder::SetTable(const uint8_t *table, size_t length)
{
	given_strings_.clear();
	given_stacks_.clear();
	given_others_.clear();
	others_in_ = false;
	if (string_bytes_ > remembered_text) {
		string_ids_.clear();
		string_bytes_ = 0;
	}
	for (size_t at = 0; at < length;) {
		if (length - at < 12)
			return false;
		uint32_t kind = Load<uint32_t>(table + at), size = Load<uint32_t>(table + at + 4);
		if (size < 4 || size > length - at - 8)
			return false;
		const uint8_t *body = table + at + 8;
		uint32_t id = Load<uint32_t>(body);
		Given given{id, body, size};
		std::string content(reinterpret_cast<const char *>(body) + 4, size - 4);
		if (kind == ENTRY_STRING) {
			auto found = string_ids_.find(content);
			if (found == string_ids_.end()) {
				string_bytes_ += content.size() + 64;
				found = string_ids_.emplace(std::move(content), ++strings_).first;
			}
			given.id = found->second;
			given_strings_[id] = given;
		} else if (kind == ENTRY_STACK) {
			auto found = stack_ids_.find(content);
			if (found == stack_ids_.end())
				found = stack_ids_.emplace(std::move(content), ++stacks_).first;
			given.id = found->second;
			given_stacks_[id] = given;
		} else if ((kind == ENTRY_SYMBOL && size >= 8) || kind == ENTRY_PROBE ||
			   kind == ENTRY_REASON) {
			given_others_.emplace_back(static_cast<entry_kind>(kind), given);
		} else {
			return false;
		}
		at += 8 + size;
	}
	return true;
}

uint32_t BlockBuilder::Renumber(const GivenMap &given, entry_kind kind, uint32_t id)
{
	auto found = given.find(id);
	if (id == 0 || found == given.end())
		return 0;
	const Given &entry = found->second;
	if (numbered_in_.insert(static_cast<uint64_t>(kind) << 32 | entry.id).second) {
		Append32(kind);
		Append32(entry.length);
		Append32(entry.id);
		Append(entry.body + 4, entry.length - 4);
	}
	return entry.id;
}

// Those that are not renumbered: once a block.
void BlockBuilder::AppendOthers()
{
	others_in_ = true;
	for (const auto &[kind, given] : given_others_) {
		bool is_new;
		if (kind == ENTRY_SYMBOL)
			is_new = symbols_in_.insert(Load<uint64_t>(given.body)).second;
		else
			is_new = numbered_in_.insert(static_cast<uint64_t>(kind) << 32 | given.id)
					 .second;
		if (is_new)
			AppendEntry(kind, given.body, given.length);
	}
}

void BlockBuilder::AppendEntry(entry_kind kind, const void *body, size_t length)
{
	Append32(kind);
	Append32(static_cast<uint32_t>(length));
	Append(body, length);
}

void BlockBuilder::Append(const void *data, size_t length)
{
	auto *bytes = static_cast<const uint8_t *>(data);
	table_.insert(table_.end(), bytes, bytes + length);
}

void BlockBuilder::Append32(uint32_t value)
{
	Append(&value, sizeof(value));
}

void BlockBuilder::Append64(uint64_t value)
{
	Append(&value, sizeof(value));
}

const std::vector<uint8_t> &BlockBuilder::Finish(BlockHeader &header)
{
	header.type = BLOCK_FRAMES;
	header.frames = static_cast<uint32_t>(frames_.size());
	header.records = records_;
	header.first_time = first_time_;
	header.last_time = last_time_;
	frames_.insert(frames_.end(), table_.begin(), table_.end());
	return frames_;
}

void BlockBuilder::Clear()
{
	frames_.clear();
	table_.clear();
	records_ = 0;
	symbols_in_.clear();
	numbered_in_.clear();
	others_in_ = false;
	if (stack_ids_.size() > remembered_stacks) {
		stack_ids_.clear();
		stack_bodies_.clear();
	}
}
} // namespace event_file
