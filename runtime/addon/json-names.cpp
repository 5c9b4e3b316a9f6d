// Texts, stacks, probes and drop reasons of a stream by number.
#include "json-event.hpp"
#include <string>

// Kept for the whole stream: so much that any real trace fits, and no made-up file fills the
// memory.
constexpr size_t kStreamBytes = 16 << 20;
constexpr size_t kStreamTexts = 1 << 18;
constexpr size_t kBatchBytes = 64 << 20;
constexpr size_t kMaxReasons = 4096;
constexpr uint16_t kNoSlot = 0xffff;

// enum skb_drop_reason numbers its names upwards from 0, a subsystem's upwards from its own bits:
// these are free.
constexpr uint32_t kFirstReason = 0x8000;
constexpr uint32_t kFirstSubsystem = 0x4000;

JsonNames::JsonNames()
    : texts_(kStreamBytes, kStreamTexts), stacks_(kStreamBytes, kStreamTexts),
      keys_(kStreamBytes, kStreamTexts), reasons_(1 << 20, kMaxReasons),
      subsystems_(1 << 16, kMaxReasons)
{
}

void JsonNames::BeginBatch(uint32_t batch)
{
	batch_ = batch % kBatches;
	while (passing_.size() <= batch_)
		passing_.emplace_back(kBatchBytes, (1u << kBatchShift) - 1);
	passing_[batch_].Clear();
}

size_t JsonNames::BatchBytes() const
{
	return passing_[batch_].Bytes();
}

uint32_t JsonNames::Passing(std::string_view text)
{
	uint32_t id = passing_[batch_].Intern(text);
	return id == 0 ? 0 : kTransient | batch_ << kBatchShift | id;
}

uint32_t JsonNames::Text(std::string_view text)
{
	uint32_t id = text.size() > 4096 ? 0 : texts_.Intern(text);
	return id != 0 ? id : Passing(text);
}

uint32_t JsonNames::Stack(std::string_view json)
{
	uint32_t id = json.size() > 65536 ? 0 : stacks_.Intern(json);
	return id != 0 ? id : Passing(json);
}

static uint32_t BatchOf(uint32_t id)
{
	return (id & ~kTransient) >> kBatchShift;
}

std::string_view JsonNames::TextOf(uint32_t id) const
{
	if (!(id & kTransient))
		return texts_.Text(id);
	if (BatchOf(id) >= passing_.size())
		return {};
	return passing_[BatchOf(id)].Text(id & ((1u << kBatchShift) - 1));
}

std::string_view JsonNames::StackOf(uint32_t id) const
{
	return id & kTransient ? TextOf(id) : stacks_.Text(id);
}

uint16_t JsonNames::Probe(int kind, std::string_view name, std::string_view path)
{
	scratch_.assign(1, static_cast<char>('0' + kind));
	scratch_ += name;
	scratch_ += '\0';
	scratch_ += path;
	uint32_t key = keys_.Intern(scratch_);
	if (key == 0)
		return kNoSlot;
	auto found = slots_.find(key);
	if (found != slots_.end())
		return found->second;
	if (probes_.size() >= kNoSlot)
		return kNoSlot;
	auto slot = static_cast<uint16_t>(probes_.size());
	probes_.push_back({kind, std::string(name)});
	slots_.emplace(key, slot);
	return slot;
}

void JsonNames::AddReason(std::string_view text, uint32_t value)
{
	uint32_t id = reasons_.Intern(text);
	if (id == 0 || id <= reason_values_.size())
		return;
	reason_values_.push_back(value);
	reason_ids_.emplace(value, id);
}

void JsonNames::AddSubsystem(std::string_view name, uint32_t number)
{
	uint32_t id = subsystems_.Intern(name);
	if (id > subsystem_numbers_.size())
		subsystem_numbers_.push_back(number);
}

bool JsonNames::Reason(std::string_view subsystem, std::string_view reason, uint32_t &value)
{
	scratch_.assign(subsystem);
	if (!subsystem.empty())
		scratch_ += '/';
	scratch_ += reason;
	uint32_t id = reasons_.Intern(scratch_);
	if (id == 0)
		return false;
	if (id <= reason_values_.size()) {
		value = reason_values_[id - 1];
		return true;
	}
	uint32_t owner = 0;
	if (!subsystem.empty()) {
		uint32_t known = subsystems_.Intern(subsystem);
		if (known == 0)
			return false;
		if (known > subsystem_numbers_.size())
			subsystem_numbers_.push_back(kFirstSubsystem + known);
		owner = subsystem_numbers_[known - 1];
	}
	value = owner << 16 | (kFirstReason + id);
	reason_values_.push_back(value);
	reason_ids_.emplace(value, id);
	return true;
}

std::string_view JsonNames::ReasonText(uint32_t value) const
{
	auto found = reason_ids_.find(value);
	return found == reason_ids_.end() ? std::string_view() : reasons_.Text(found->second);
}
