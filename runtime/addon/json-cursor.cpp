// The grammar of RFC 8259, iteratively, with sixteen bytes of a string at a time.
#include "json-cursor.hpp"
#include <cstring>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

static bool HexDigits(const uint8_t *at, uint32_t &value)
{
	value = 0;
	for (int i = 0; i < 4; i++) {
		uint8_t c = at[i];
		uint32_t digit;
		if (c >= '0' && c <= '9')
			digit = c - '0';
		else if (c >= 'a' && c <= 'f')
			digit = c - 'a' + 10;
		else if (c >= 'A' && c <= 'F')
			digit = c - 'A' + 10;
		else
			return false;
		value = value << 4 | digit;
	}
	return true;
}

static bool IsHexDigit(uint8_t character)
{
	return static_cast<uint8_t>(character - '0') < 10 ||
	       static_cast<uint8_t>((character | 0x20) - 'a') < 6;
}

bool JsonCursor::Escape()
{
	at++;
	switch (*at) {
	case '"':
	case '\\':
	case '/':
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
		at++;
		return true;
	case 'u':
		at++;
		for (int i = 0; i < 4; i++, at++) {
			if (Ended())
				return Fail("ends within an escape sequence");
			if (!IsHexDigit(*at))
				return Fail("an escape `\\u` without four hexadecimal digits");
		}
		return true;
	default:
		return Fail("a backslash that escapes nothing");
	}
}

// Table 3-7 of the Unicode standard: no overlong form, no surrogate, nothing above U+10FFFF.
bool JsonCursor::MultiByte()
{
	auto tail = [this](int index, uint8_t low = 0x80, uint8_t high = 0xbf) {
		return at[index] >= low && at[index] <= high;
	};
	uint8_t lead = *at;
	int length = 0;
	if (lead >= 0xc2 && lead <= 0xdf)
		length = tail(1) ? 2 : 0;
	else if (lead == 0xe0)
		length = tail(1, 0xa0) && tail(2) ? 3 : 0;
	else if (lead == 0xed)
		length = tail(1, 0x80, 0x9f) && tail(2) ? 3 : 0;
	else if (lead >= 0xe1 && lead <= 0xef)
		length = tail(1) && tail(2) ? 3 : 0;
	else if (lead == 0xf0)
		length = tail(1, 0x90) && tail(2) && tail(3) ? 4 : 0;
	else if (lead >= 0xf1 && lead <= 0xf3)
		length = tail(1) && tail(2) && tail(3) ? 4 : 0;
	else if (lead == 0xf4)
		length = tail(1, 0x80, 0x8f) && tail(2) && tail(3) ? 4 : 0;
	if (length == 0) {
		// A character that the input cuts off is no error yet.
		const uint8_t *next = at + 1;
		while (next < end && (*next & 0xc0) == 0x80)
			next++;
		if (next == end && next - at < 4 && lead >= 0xc2 && lead <= 0xf4)
			at = end;
		return Fail("bytes that are not UTF-8");
	}
	at += length;
	return true;
}

bool JsonCursor::String(JsonText &text)
{
	text.begin = ++at;
	text.escaped = false;
	for (;;) {
#ifdef __SSE2__
		__m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i *>(at));
		__m128i control = _mm_set1_epi8(0x1f);
		__m128i special =
			_mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('"')),
						  _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'))),
				     _mm_cmpeq_epi8(_mm_max_epu8(block, control), control));
		// The uppermost bits of the block itself: bytes from 0x80 on.
		unsigned mask =
			static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(special, block)));
		if (mask == 0) {
			at += 16;
			continue;
		}
		at += __builtin_ctz(mask);
#else
		while (*at >= 0x20 && *at < 0x80 && *at != '"' && *at != '\\')
			at++;
#endif
		uint8_t character = *at;
		if (character == '"') {
			text.end = at++;
			return true;
		}
		if (character == '\\') {
			text.escaped = true;
			if (!Escape())
				return false;
		} else if (character >= 0x80) {
			if (!MultiByte())
				return false;
		} else {
			return Fail(Ended() ? "ends within a string"
					    : "a control character in a string");
		}
	}
}

static bool IsDigit(uint8_t character)
{
	return static_cast<uint8_t>(character - '0') < 10;
}

bool JsonCursor::Number(JsonNumber &number)
{
	number.negative = *at == '-';
	number.whole = true;
	if (number.negative)
		at++;
	const uint8_t *first = at;
	if (!IsDigit(*at))
		return Fail("expected a digit");
	uint64_t value = 0;
	if (*at == '0') {
		at++;
		number.whole = !number.negative;
	} else {
		while (IsDigit(*at))
			value = value * 10 + (*at++ - '0');
		size_t digits = static_cast<size_t>(at - first);
		// 20 digits may be beyond 64 bits: they wrapped when the number came out smaller.
		if (digits > 20 ||
		    (digits == 20 && (*first > '1' || value < 10000000000000000000u)))
			number.whole = false;
	}
	if (*at == '.') {
		number.whole = false;
		at++;
		if (!IsDigit(*at))
			return Fail("expected a digit");
		while (IsDigit(*at))
			at++;
	}
	if (*at == 'e' || *at == 'E') {
		number.whole = false;
		at++;
		if (*at == '+' || *at == '-')
			at++;
		if (!IsDigit(*at))
			return Fail("expected a digit");
		while (IsDigit(*at))
			at++;
	}
	if (Ended())
		return Fail("ends within a number");
	number.magnitude = value;
	return true;
}

bool JsonCursor::Literal(const char *word, size_t length)
{
	for (size_t i = 0; i < length; i++, at++)
		if (*at != static_cast<uint8_t>(word[i]))
			return Fail("expected a value");
	return true;
}

bool JsonCursor::SkipValue()
{
	uint64_t objects = 0; // bit N: level N is an object
	int depth = 0;
	JsonText text;
	JsonNumber number;
	auto key = [&]() {
		SkipSpace();
		if (*at != '"')
			return Fail("expected a key");
		return String(text) && Expect(':', "expected `:`");
	};
	for (;;) {
		SkipSpace();
		switch (*at) {
		case '"':
			if (!String(text))
				return false;
			break;
		case 't':
			if (!Literal("true", 4))
				return false;
			break;
		case 'f':
			if (!Literal("false", 5))
				return false;
			break;
		case 'n':
			if (!Literal("null", 4))
				return false;
			break;
		case '{':
		case '[': {
			bool object = *at == '{';
			if (depth == kJsonDepth)
				return Fail("nested too deeply");
			at++;
			SkipSpace();
			if (*at == (object ? '}' : ']')) {
				at++;
				break;
			}
			objects = object ? objects | 1ull << depth : objects & ~(1ull << depth);
			depth++;
			if (object && !key())
				return false;
			continue;
		}
		default:
			if (*at != '-' && !IsDigit(*at))
				return Fail("expected a value");
			if (!Number(number))
				return false;
		}
		for (;;) {
			if (depth == 0)
				return true;
			bool object = objects >> (depth - 1) & 1;
			SkipSpace();
			if (*at == ',') {
				at++;
				if (object && !key())
					return false;
				break;
			}
			if (*at != (object ? '}' : ']'))
				return Fail(object ? "expected `,` or `}`" : "expected `,` or `]`");
			at++;
			depth--;
		}
	}
}

static void AppendUtf8(std::string &to, uint32_t point)
{
	if (point < 0x80) {
		to += static_cast<char>(point);
		return;
	}
	if (point < 0x800) {
		to += static_cast<char>(0xc0 | point >> 6);
	} else {
		if (point < 0x10000) {
			to += static_cast<char>(0xe0 | point >> 12);
		} else {
			to += static_cast<char>(0xf0 | point >> 18);
			to += static_cast<char>(0x80 | (point >> 12 & 0x3f));
		}
		to += static_cast<char>(0x80 | (point >> 6 & 0x3f));
	}
	to += static_cast<char>(0x80 | (point & 0x3f));
}

static char Unescaped(uint8_t character)
{
	switch (character) {
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return static_cast<char>(character);
	}
}

bool JsonPlainText(const JsonText &text, std::string &buffer, std::string_view &plain)
{
	if (!text.escaped) {
		plain = text.Raw();
		return true;
	}
	buffer.clear();
	for (const uint8_t *at = text.begin; at < text.end;) {
		if (*at != '\\') {
			buffer += static_cast<char>(*at++);
			continue;
		}
		if (at[1] != 'u') {
			buffer += Unescaped(at[1]);
			at += 2;
			continue;
		}
		uint32_t point;
		uint32_t low;
		HexDigits(at + 2, point);
		at += 6;
		if (point >= 0xdc00 && point < 0xe000)
			return false;
		if (point >= 0xd800 && point < 0xdc00) {
			if (at + 6 > text.end || at[0] != '\\' || at[1] != 'u' ||
			    !HexDigits(at + 2, low) || low < 0xdc00 || low >= 0xe000)
				return false;
			point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
			at += 6;
		}
		AppendUtf8(buffer, point);
	}
	plain = buffer;
	return true;
}
