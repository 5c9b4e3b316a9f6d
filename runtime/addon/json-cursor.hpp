// Reads JSON (RFC 8259) where it lies: strings, numbers and whole values are checked and delimited,
// nothing is copied. A line feed ends a line, so it is not white space here.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// Nesting beyond this is refused: an event has six levels.
constexpr int kJsonDepth = 64;

struct JsonText {
	const uint8_t *begin;
	const uint8_t *end;
	bool escaped;

	std::string_view Raw() const
	{
		return {reinterpret_cast<const char *>(begin), static_cast<size_t>(end - begin)};
	}
};

struct JsonNumber {
	uint64_t magnitude;
	bool negative;
	// No fraction, no exponent, not beyond 64 bits, not -0.
	bool whole;
};

// `*end` must be 0 and 16 bytes behind it readable: every loop stops there by itself.
struct JsonCursor {
	const uint8_t *at = nullptr;
	const uint8_t *end = nullptr;
	const char *error = nullptr;

	bool Fail(const char *why)
	{
		error = why;
		return false;
	}

	// Whether the failure is only that the input ends here.
	bool Ended() const
	{
		return at >= end;
	}

	void SkipSpace()
	{
		while (*at == ' ' || *at == '\t' || *at == '\r')
			at++;
	}

	bool Expect(uint8_t character, const char *why)
	{
		SkipSpace();
		if (*at != character)
			return Fail(why);
		at++;
		return true;
	}

	bool String(JsonText &text);
	bool Number(JsonNumber &number);
	bool Literal(const char *word, size_t length);
	// Any value, whatever is in it.
	bool SkipValue();

      private:
	bool Escape();
	bool MultiByte();
};

// The text without escapes, in UTF-8; `buffer` is used if there are any. False: half a surrogate
// pair.
bool JsonPlainText(const JsonText &text, std::string &buffer, std::string_view &plain);
