// The values of an event's members: JSON -> their place in the frame.
#include "json-event.hpp"
#include "json-values.hpp"
#include <algorithm>
#include <cstring>

// A value of another type than the member has: only its end matters.
JsonEvent::Take JsonEvent::Wrong()
{
	return cursor_->SkipValue() ? Take::kWrong : Take::kMalformed;
}

JsonEvent::Take JsonEvent::Scalar(const JsonMember &member)
{
	switch (member.kind) {
	case JsonKind::kInteger:
		return Integer(member);
	case JsonKind::kBoolean:
		return Boolean(member);
	case JsonKind::kWords:
		return Words(member);
	case JsonKind::kStack:
	case JsonKind::kEmptyTexts:
		return List(member);
	case JsonKind::kObject:
	case JsonKind::kExtra:
		return Wrong();
	default:
		return TextValue(member);
	}
}

JsonEvent::Take JsonEvent::Integer(const JsonMember &member)
{
	uint8_t first = *cursor_->at;
	if (first != '-' && static_cast<uint8_t>(first - '0') > 9)
		return Wrong();
	JsonNumber number;
	if (!cursor_->Number(number))
		return Take::kMalformed;
	uint64_t limit = member.bits == 64 ? UINT64_MAX : (1ull << member.bits) - 1;
	if (member.is_signed)
		limit = (limit >> 1) + (number.negative ? 1 : 0);
	else if (number.negative)
		return Take::kWrong;
	if (!number.whole || number.magnitude > limit)
		return Take::kWrong;
	uint64_t value = number.negative ? 0 - number.magnitude : number.magnitude;
	// A place narrower than what JSON may say.
	if (member.at.size * 8 < member.bits && value >> (member.at.size * 8) != 0)
		return Take::kMisfit;
	if (member.shift != 0 || member.bits < member.at.size * 8)
		value = Get(member.at) | value << member.shift;
	Put(member.at, value);
	return member.nonzero && number.magnitude == 0 ? Take::kLossy : Take::kFrame;
}

JsonEvent::Take JsonEvent::Boolean(const JsonMember &member)
{
	if (*cursor_->at != 't' && *cursor_->at != 'f')
		return Wrong();
	bool value = *cursor_->at == 't';
	if (!(value ? cursor_->Literal("true", 4) : cursor_->Literal("false", 5)))
		return Take::kMalformed;
	if (value)
		Put(member.at, Get(member.at) | 1ull << member.shift);
	return member.nonzero && !value ? Take::kLossy : Take::kFrame;
}

JsonEvent::Take JsonEvent::TextValue(const JsonMember &member)
{
	if (*cursor_->at != '"')
		return Wrong();
	JsonText text;
	if (!cursor_->String(text))
		return Take::kMalformed;
	std::string_view plain;
	if (!JsonPlainText(text, unescaped_, plain))
		return Take::kWrong;
	return TextInto(member, plain);
}

JsonEvent::Take JsonEvent::TextInto(const JsonMember &member, std::string_view text)
{
	switch (member.kind) {
	case JsonKind::kChars: {
		size_t length = std::min(text.size(), text.find('\0'));
		bool whole = length == text.size() && length < member.at.size;
		if (length >= member.at.size)
			length = member.at.size - 1;
		// Not in the middle of a character.
		while (length < text.size() && length > 0 && (text[length] & 0xc0) == 0x80)
			length--;
		memcpy(frame_ + member.at.offset, text.data(), length);
		return whole ? Take::kFrame : Take::kLossy;
	}
	case JsonKind::kInterned:
	case JsonKind::kSymbol: {
		uint32_t id = names_.Text(text);
		if (id == 0)
			return Take::kMisfit;
		Put(member.at, id);
		if (member.tag < 0)
			return Take::kFrame;
		int64_t number = 0;
		for (const auto &[name, value] : member.names)
			if (name == text)
				number = value;
		tags_[member.tag] = number;
		return Take::kFrame;
	}
	case JsonKind::kNames:
		return NamedNumber(member, text);
	case JsonKind::kAddress:
		return Address(member, text);
	case JsonKind::kPacketBytes: {
		if (text.size() / 4 * 3 > tables_.snap)
			return Take::kMisfit;
		ptrdiff_t length = DecodeBase64(text, frame_ + tables_.fixed);
		if (length < 0)
			return Take::kWrong;
		bytes_ = static_cast<size_t>(length);
		return Take::kFrame;
	}
	case JsonKind::kProbeSymbol:
		probe_symbol_ = text;
		return Take::kFrame;
	case JsonKind::kProbeType:
		for (const auto &[name, value] : member.names)
			if (name == text) {
				probe_type_ = static_cast<int>(value);
				return Take::kFrame;
			}
		return Take::kMisfit;
	case JsonKind::kDropSubsystem:
		subsystem_ = text;
		return text.empty() ? Take::kMisfit : Take::kFrame;
	case JsonKind::kDropReason:
		reason_ = text;
		return Take::kFrame;
	case JsonKind::kLiteral:
		return text == member.literal ? Take::kFrame : Take::kMisfit;
	case JsonKind::kEmptyText:
		return text.empty() ? Take::kFrame : Take::kLossy;
	default:
		return Take::kWrong;
	}
}

JsonEvent::Take JsonEvent::NamedNumber(const JsonMember &member, std::string_view text)
{
	for (const auto &[name, value] : member.names) {
		if (name != text)
			continue;
		if (member.tag >= 0)
			tags_[member.tag] = value;
		if (member.agree)
			return Agree(member.at, value) ? Take::kFrame : Take::kMisfit;
		Put(member.at, value);
		return Take::kFrame;
	}
	return Take::kMisfit;
}

JsonEvent::Take JsonEvent::Address(const JsonMember &member, std::string_view text)
{
	uint8_t address[16];
	int family = ParseAddress(text, address);
	if (family == 0)
		return Take::kWrong;
	memcpy(frame_ + member.at.offset, address, sizeof address);
	return Agree(member.beside, static_cast<uint64_t>(family)) ? Take::kFrame : Take::kMisfit;
}

JsonEvent::Take JsonEvent::Words(const JsonMember &member)
{
	JsonCursor start = *cursor_;
	if (*cursor_->at != '[')
		return Wrong();
	for (uint32_t i = 0; i < member.bits; i++) {
		JsonNumber number;
		cursor_->at++;
		cursor_->SkipSpace();
		bool digit = static_cast<uint8_t>(*cursor_->at - '0') <= 9;
		if (!digit || !cursor_->Number(number) || !number.whole ||
		    number.magnitude > UINT32_MAX)
			break;
		auto word = static_cast<uint32_t>(number.magnitude);
		memcpy(frame_ + member.at.offset + i * 4, &word, 4);
		cursor_->SkipSpace();
		if (*cursor_->at != (i + 1 < member.bits ? ',' : ']'))
			break;
		if (i + 1 == member.bits) {
			cursor_->at++;
			return Take::kFrame;
		}
	}
	*cursor_ = start;
	return Wrong();
}

// A list of texts: a stack is interned as the JSON that it is.
JsonEvent::Take JsonEvent::List(const JsonMember &member)
{
	JsonCursor start = *cursor_;
	if (*cursor_->at != '[')
		return Wrong();
	cursor_->at++;
	cursor_->SkipSpace();
	bool empty = *cursor_->at == ']';
	for (bool more = !empty; more;) {
		JsonText text;
		if (*cursor_->at != '"') {
			*cursor_ = start;
			return Wrong();
		}
		if (!cursor_->String(text))
			return Take::kMalformed;
		cursor_->SkipSpace();
		more = *cursor_->at == ',';
		if (more) {
			cursor_->at++;
			cursor_->SkipSpace();
		}
	}
	if (*cursor_->at != ']') {
		cursor_->Fail("expected `,` or `]`");
		return Take::kMalformed;
	}
	cursor_->at++;
	if (member.kind == JsonKind::kEmptyTexts)
		return empty ? Take::kFrame : Take::kLossy;
	std::string_view json(reinterpret_cast<const char *>(start.at),
			      static_cast<size_t>(cursor_->at - start.at));
	uint32_t id = names_.Stack(json);
	if (id == 0)
		return Take::kMisfit;
	Put({tables_.stack.depth, 4}, UINT32_MAX);
	Put({tables_.stack.id, 4}, id);
	// Present by its own bit: a section of the frame that is a member in JSON.
	present_ |= tables_.stack.present;
	return Take::kFrame;
}
