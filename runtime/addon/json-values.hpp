// Values that JSON has as text: base64 (RFC 4648) and IP addresses.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

// The number of bytes written to `to`, or -1 when the text is not what encoding those bytes gives.
// `to` has room for three quarters of the text.
ptrdiff_t DecodeBase64(std::string_view text, uint8_t *to);

// 4 or 6, with the address in the first 4 or all 16 bytes; 0 when it is no address, or not spelt as
// RFC 5952 says, so that writing it would not give the same text.
int ParseAddress(std::string_view text, uint8_t address[16]);
