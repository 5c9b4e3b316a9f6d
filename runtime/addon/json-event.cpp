// Walks an event along its table. Keys usually come in the table's order, so that the next one is
// tried first.
#include "json-event.hpp"
#include <cstring>

constexpr uint16_t kNoSlot = 0xffff;

JsonEvent::JsonEvent(const JsonTables &tables, JsonNames &names) : tables_(tables), names_(names)
{
	for (const JsonObject &object : tables_.objects)
		for (const JsonMember &member : object.members)
			if (member.unset)
				initial_.emplace_back(member.has, member.has_mask);
}

uint64_t JsonEvent::Get(const JsonPlace &place) const
{
	const uint8_t *at = frame_ + place.offset;
	uint64_t value = 0;
	switch (place.size) {
	case 1:
		return *at;
	case 2:
		memcpy(&value, at, 2);
		return value;
	case 4:
		memcpy(&value, at, 4);
		return value;
	default:
		memcpy(&value, at, 8);
		return value;
	}
}

void JsonEvent::Put(const JsonPlace &place, uint64_t value)
{
	uint8_t *at = frame_ + place.offset;
	switch (place.size) {
	case 1:
		*at = static_cast<uint8_t>(value);
		break;
	case 2:
		memcpy(at, &value, 2);
		break;
	case 4:
		memcpy(at, &value, 4);
		break;
	default:
		memcpy(at, &value, 8);
	}
}

bool JsonEvent::Agree(const JsonPlace &place, uint64_t value)
{
	uint64_t before = Get(place);
	Put(place, value);
	return before == 0 || before == value;
}

JsonEvent::Result JsonEvent::Decode(JsonCursor &cursor, uint8_t *frame, uint16_t flags,
				    size_t &size, std::vector<JsonProblem> &problems)
{
	cursor_ = &cursor;
	frame_ = frame;
	problems_ = &problems;
	memset(frame, 0, tables_.fixed);
	present_ = 0;
	extras_.clear();
	dropped_ = false;
	slot_ = kNoSlot;
	bytes_ = 0;
	memcpy(frame + tables_.header.flags, &flags, 2);
	for (const auto &[place, mask] : initial_)
		Put(place, Get(place) | mask);
	const uint8_t *start = cursor.at;
	Section event;
	if (!Object(0, event))
		return Result::kMalformed;
	if (event.wrong != nullptr && !dropped_) {
		problems.push_back({start, Describe(event)});
		dropped_ = true;
	}
	if (dropped_)
		return Result::kDropped;
	if (!extras_.empty())
		AssembleExtra();
	size = (tables_.fixed + bytes_ + 7) & ~static_cast<size_t>(7);
	memset(frame + tables_.fixed + bytes_, 0, size - tables_.fixed - bytes_);
	auto record = static_cast<uint32_t>(size);
	memcpy(frame + tables_.header.size, &record, 4);
	memcpy(frame + tables_.header.slot, &slot_, 2);
	memcpy(frame + tables_.header.present, &present_, 4);
	return Result::kEvent;
}

static inline bool Matches(const JsonMember &member, const uint8_t *at)
{
	uint64_t head;
	memcpy(&head, at, 8);
	if ((head & member.head_mask) != member.head)
		return false;
	at += 8;
	for (uint32_t i = 0; i < member.rest_size; i++)
		if (at[i] != static_cast<uint8_t>(member.rest[i]))
			return false;
	return true;
}

const JsonMember *JsonEvent::Key(const JsonObject &object, size_t &hint, std::string_view &raw)
{
	JsonCursor &cursor = *cursor_;
	size_t count = object.members.size();
	const JsonMember *members = object.members.data();
	for (size_t i = hint; i < count; i++) {
		if (!Matches(members[i], cursor.at))
			continue;
		raw = {reinterpret_cast<const char *>(cursor.at), members[i].quoted_size - 1};
		cursor.at += members[i].quoted_size;
		hint = i + 1;
		return members + i;
	}
	JsonText text;
	if (*cursor.at != '"') {
		cursor.Fail("expected a key");
		return nullptr;
	}
	const uint8_t *first = cursor.at;
	if (!cursor.String(text))
		return nullptr;
	raw = {reinterpret_cast<const char *>(first), static_cast<size_t>(cursor.at - first)};
	if (!cursor.Expect(':', "expected `:`"))
		return nullptr;
	std::string_view key;
	if (JsonPlainText(text, unescaped_, key))
		for (size_t i = 0; i < count; i++)
			if (object.members[i].key == key) {
				hint = i + 1;
				return &object.members[i];
			}
	static const JsonMember unknown = [] {
		JsonMember member = {};
		member.kind = JsonKind::kExtra;
		return member;
	}();
	return &unknown;
}

bool JsonEvent::ObjectBody(uint16_t index, Section &section, uint64_t &seen)
{
	const JsonObject &object = tables_.objects[index];
	JsonCursor &cursor = *cursor_;
	cursor.at++;
	cursor.SkipSpace();
	if (*cursor.at == '}') {
		cursor.at++;
		return true;
	}
	size_t hint = 0;
	for (;;) {
		std::string_view raw;
		const JsonMember *member = Key(object, hint, raw);
		if (member == nullptr)
			return false;
		if (!member->key.empty()) {
			uint64_t bit = 1ull << (member - object.members.data());
			if (seen & bit) {
				cursor.at = reinterpret_cast<const uint8_t *>(raw.data());
				return cursor.Fail("a key stands twice in one object");
			}
			seen |= bit;
		}
		cursor.SkipSpace();
		if (!Value(index, *member, raw, section))
			return false;
		cursor.SkipSpace();
		if (*cursor.at == ',') {
			cursor.at++;
			cursor.SkipSpace();
			continue;
		}
		if (*cursor.at != '}')
			return cursor.Fail("expected `,` or `}`");
		cursor.at++;
		return true;
	}
}

bool JsonEvent::Object(uint16_t index, Section &section)
{
	const JsonObject &object = tables_.objects[index];
	present_ |= object.present;
	uint64_t seen = 0;
	if (!ObjectBody(index, section, seen))
		return false;
	EndObject(object, seen, section);
	return true;
}

bool JsonEvent::SectionObject(uint16_t index)
{
	const JsonObject &object = tables_.objects[index];
	uint32_t present = present_;
	uint16_t slot = slot_;
	uint16_t flags;
	size_t bytes = bytes_;
	size_t extras = extras_.size();
	memcpy(&flags, frame_ + tables_.header.flags, 2);
	const uint8_t *start = cursor_->at;
	Section section;
	probe_symbol_.clear();
	subsystem_.clear();
	reason_.clear();
	tags_[0] = tags_[1] = 0;
	if (!Object(index, section))
		return false;
	if (section.wrong == nullptr && !section.misfit)
		return true;
	if (section.wrong != nullptr)
		problems_->push_back({start, Describe(section)});
	if (object.finish == JsonFinish::kCommon) {
		// Without a time it is no event.
		dropped_ = true;
		return true;
	}
	present_ = present;
	slot_ = slot;
	bytes_ = bytes;
	extras_.resize(extras);
	memcpy(frame_ + tables_.header.flags, &flags, 2);
	std::string_view raw(reinterpret_cast<const char *>(start),
			     static_cast<size_t>(cursor_->at - start));
	extras_.push_back({0, object.key, raw});
	return true;
}

bool JsonEvent::Value(uint16_t index, const JsonMember &member, std::string_view key,
		      Section &section)
{
	JsonCursor &cursor = *cursor_;
	const uint8_t *start = cursor.at;
	Take take;
	if (member.kind == JsonKind::kObject && *start == '{') {
		const JsonObject &child = tables_.objects[static_cast<size_t>(member.child)];
		if (child.section) {
			if (!SectionObject(static_cast<uint16_t>(member.child)))
				return false;
		} else {
			if (child.choose.size != 0 && !Agree(child.choose, child.choose_value))
				section.misfit = true;
			if (!Object(static_cast<uint16_t>(member.child), section))
				return false;
		}
		take = Take::kFrame;
	} else if (member.kind == JsonKind::kExtra) {
		take = cursor.SkipValue() ? Take::kLossy : Take::kMalformed;
	} else {
		take = Scalar(member);
	}
	switch (take) {
	case Take::kMalformed:
		return false;
	case Take::kWrong:
		// A whole section that is no object: kept as it is.
		if (index == 0) {
			extras_.push_back({0,
					   key,
					   {reinterpret_cast<const char *>(start),
					    static_cast<size_t>(cursor.at - start)}});
			problems_->push_back({start, "`" + member.key + "` is not an object"});
			dropped_ = dropped_ || member.required;
			return true;
		}
		if (section.wrong == nullptr)
			section = {true, &tables_.objects[index], &member, "has an unfit value"};
		return true;
	case Take::kMisfit:
		section.misfit = true;
		return true;
	case Take::kLossy:
		extras_.push_back({index,
				   key,
				   {reinterpret_cast<const char *>(start),
				    static_cast<size_t>(cursor.at - start)}});
		break;
	case Take::kFrame:
		break;
	}
	if (member.has.size != 0) {
		uint64_t bits = Get(member.has);
		Put(member.has, member.unset ? bits & ~static_cast<uint64_t>(member.has_mask)
					     : bits | member.has_mask);
	}
	return true;
}

void JsonEvent::EndCases(const JsonObject &object, uint64_t seen, Section &section)
{
	for (const JsonCase &one : object.cases) {
		bool matches = true;
		for (int i = 0; i < 2; i++)
			matches = matches && (one.tags[i] < 0 || one.tags[i] == tags_[i]);
		if (!matches)
			continue;
		uint64_t missing = one.required & ~seen;
		if (missing != 0)
			section = {true, &object, &object.members[__builtin_ctzll(missing)],
				   "is missing"};
		else if (seen & ~one.allowed)
			section.misfit = true;
		return;
	}
	section.misfit = true;
}

void JsonEvent::EndObject(const JsonObject &object, uint64_t seen, Section &section)
{
	if (object.has_moved) {
		// 1.5 kept other sections within this one, which may have had nothing else.
		bool own = false;
		bool moved = false;
		for (size_t i = 0; i < object.members.size(); i++)
			if (seen >> i & 1)
				(object.members[i].moved ? moved : own) = true;
		if (moved && !own)
			present_ &= ~object.present;
	}
	if (section.wrong != nullptr || section.misfit)
		return;
	uint64_t missing = object.required & ~seen;
	if (missing != 0) {
		section = {true, &object, &object.members[__builtin_ctzll(missing)], "is missing"};
		return;
	}
	if (object.check.size != 0 && Get(object.check) == 0)
		section.misfit = true;
	if (!object.cases.empty())
		EndCases(object, seen, section);
	if (object.finish != JsonFinish::kNone) {
		const char *wrong = Finish(object);
		if (wrong != nullptr)
			section = {true, &object, nullptr, wrong};
	}
}

// Null when all is well.
const char *JsonEvent::Finish(const JsonObject &object)
{
	switch (object.finish) {
	case JsonFinish::kKernel:
		slot_ = names_.Probe(probe_type_, probe_symbol_, {});
		return slot_ == kNoSlot ? "names one probe too many" : nullptr;
	case JsonFinish::kUser: {
		if (slot_ != kNoSlot)
			return nullptr;
		uint32_t symbol = static_cast<uint32_t>(Get({tables_.user.symbol, 4}));
		uint32_t path = static_cast<uint32_t>(Get({tables_.user.path, 4}));
		slot_ = names_.Probe(kProbeUsdt, names_.TextOf(symbol), names_.TextOf(path));
		return slot_ == kNoSlot ? "names one probe too many" : nullptr;
	}
	case JsonFinish::kDrop: {
		// Both are kept as one text, joined by a slash.
		if (subsystem_.find('/') != std::string::npos ||
		    reason_.find('/') != std::string::npos)
			return "has a reason with a slash";
		uint32_t value;
		if (!names_.Reason(subsystem_, reason_, value))
			return "names one reason too many";
		for (const JsonMember &member : object.members)
			if (member.kind == JsonKind::kDropReason) {
				Put(member.at, value);
				Put(member.beside, 1);
			}
		return nullptr;
	}
	case JsonFinish::kPacket: {
		uint64_t captured = Get({tables_.packet.captured, 2});
		if (captured != bytes_)
			return "has a `capture_len` that is not the number of bytes in `data`";
		constexpr uint64_t window = 256;
		Put({tables_.packet.window, 2}, captured < window ? captured : window);
		if (Get({tables_.packet.start, 2}) == 0)
			Put({tables_.packet.start, 2}, 1);
		return nullptr;
	}
	default:
		return nullptr;
	}
}
