// Base64 by table, addresses by hand: inet_ntop spells ::1.2.3.4 otherwise than RFC 5952.
#include "json-values.hpp"
#include <array>
#include <cstdio>
#include <cstring>

static constexpr std::array<uint8_t, 256> MakeSextets()
{
	std::array<uint8_t, 256> sextets = {};
	constexpr char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < 256; i++)
		sextets[i] = 0xff;
	for (size_t i = 0; i < 64; i++)
		sextets[static_cast<uint8_t>(alphabet[i])] = static_cast<uint8_t>(i);
	return sextets;
}

static constexpr auto kSextets = MakeSextets();

ptrdiff_t DecodeBase64(std::string_view text, uint8_t *to)
{
	if (text.size() % 4 != 0)
		return -1;
	if (text.empty())
		return 0;
	const uint8_t *from = reinterpret_cast<const uint8_t *>(text.data());
	const uint8_t *last = from + text.size() - 4;
	uint8_t *start = to;
	uint8_t wrong = 0;
	for (; from < last; from += 4, to += 3) {
		uint32_t a = kSextets[from[0]], b = kSextets[from[1]], c = kSextets[from[2]],
			 d = kSextets[from[3]];
		wrong |= a | b | c | d;
		uint32_t bits = a << 18 | b << 12 | c << 6 | d;
		to[0] = static_cast<uint8_t>(bits >> 16);
		to[1] = static_cast<uint8_t>(bits >> 8);
		to[2] = static_cast<uint8_t>(bits);
	}
	int padding = from[3] != '=' ? 0 : from[2] != '=' ? 1 : 2;
	uint32_t a = kSextets[from[0]], b = kSextets[from[1]];
	uint32_t c = padding < 2 ? kSextets[from[2]] : 0, d = padding < 1 ? kSextets[from[3]] : 0;
	wrong |= a | b | c | d;
	uint32_t bits = a << 18 | b << 12 | c << 6 | d;
	// Bits beyond the last byte must be 0: otherwise two texts mean the same bytes.
	if (wrong > 63 || (padding == 1 && (c & 3) != 0) || (padding == 2 && (b & 15) != 0))
		return -1;
	*to++ = static_cast<uint8_t>(bits >> 16);
	if (padding < 2)
		*to++ = static_cast<uint8_t>(bits >> 8);
	if (padding < 1)
		*to++ = static_cast<uint8_t>(bits);
	return to - start;
}

static bool ParseV4(std::string_view text, uint8_t *address)
{
	size_t at = 0;
	for (int i = 0; i < 4; i++) {
		unsigned value = 0;
		size_t first = at;
		while (at < text.size() && text[at] >= '0' && text[at] <= '9' && at - first < 3)
			value = value * 10 + static_cast<unsigned>(text[at++] - '0');
		if (at == first || value > 255 || (text[first] == '0' && at - first > 1))
			return false;
		address[i] = static_cast<uint8_t>(value);
		if (i < 3 && (at >= text.size() || text[at++] != '.'))
			return false;
	}
	return at == text.size();
}

static std::string_view FormatV6(const uint8_t *address, char (&buffer)[48])
{
	unsigned groups[8];
	int best = 8;
	int length = 1;
	for (int i = 0, run = 0; i < 8; i++) {
		groups[i] = static_cast<unsigned>(address[2 * i] << 8 | address[2 * i + 1]);
		run = groups[i] == 0 ? run + 1 : 0;
		if (run > length) {
			length = run;
			best = i + 1 - run;
		}
	}
	if (best == 0 && length == 5 && groups[5] == 0xffff)
		return {buffer, static_cast<size_t>(snprintf(
					buffer, sizeof buffer, "::ffff:%u.%u.%u.%u", address[12],
					address[13], address[14], address[15]))};
	char *to = buffer;
	for (int i = 0; i < 8; i++) {
		if (i == best) {
			*to++ = ':';
			*to++ = ':';
			i += length - 1;
			continue;
		}
		if (i > 0 && i != best + length)
			*to++ = ':';
		bool started = false;
		for (int shift = 12; shift >= 0; shift -= 4) {
			unsigned digit = groups[i] >> shift & 15;
			if (digit == 0 && !started && shift > 0)
				continue;
			started = true;
			*to++ = "0123456789abcdef"[digit];
		}
	}
	return {buffer, static_cast<size_t>(to - buffer)};
}

static bool ParseV6(std::string_view text, uint8_t *address)
{
	uint8_t bytes[16];
	int count = 0;
	int gap = -1;
	size_t at = 0;
	if (text.substr(0, 2) == "::") {
		gap = 0;
		at = 2;
	}
	while (at < text.size() && count < 16) {
		if (count <= 12 && ParseV4(text.substr(at), bytes + count)) {
			count += 4;
			at = text.size();
			break;
		}
		unsigned value = 0;
		size_t first = at;
		for (; at < text.size() && at - first < 4; at++) {
			char c = text[at];
			if (c >= '0' && c <= '9')
				value = value << 4 | static_cast<unsigned>(c - '0');
			else if (c >= 'a' && c <= 'f')
				value = value << 4 | static_cast<unsigned>(c - 'a' + 10);
			else
				break;
		}
		if (at == first)
			return false;
		bytes[count++] = static_cast<uint8_t>(value >> 8);
		bytes[count++] = static_cast<uint8_t>(value);
		if (at == text.size())
			break;
		if (text[at++] != ':' || at == text.size())
			return false;
		if (text[at] == ':') {
			if (gap >= 0)
				return false;
			gap = count;
			at++;
		}
	}
	if (at != text.size() || (gap < 0 ? count != 16 : count > 14))
		return false;
	size_t head = static_cast<size_t>(gap < 0 ? count : gap);
	size_t rest = static_cast<size_t>(count) - head;
	memset(address, 0, 16);
	memcpy(address, bytes, head);
	memcpy(address + 16 - rest, bytes + head, rest);
	char buffer[48];
	return FormatV6(address, buffer) == text;
}

int ParseAddress(std::string_view text, uint8_t address[16])
{
	if (text.size() > 45)
		return 0;
	if (text.find(':') != std::string_view::npos)
		return ParseV6(text, address) ? 6 : 0;
	memset(address, 0, 16);
	return ParseV4(text, address) ? 4 : 0;
}
