#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace simdprof {

/// Appends one field of RFC 4180: quoted when it holds a comma, a quote or a line break, quotes doubled.
void append_csv(fmt::memory_buffer& out, std::string_view text);
/// Appends one field of tab-separated values: tab, line breaks and backslash as \t, \n, \r and \\.
void append_tsv(fmt::memory_buffer& out, std::string_view text);

/// Length of the UTF-8 sequence that `text` (not empty) starts with, in bytes; 0 when it is none: overlong forms,
/// surrogates and what is above U+10FFFF are none. Source: RFC 3629, section 4.
std::size_t utf8_length(std::string_view text);
/// `text` with each byte that is not part of valid UTF-8 replaced by U+FFFD, as JSON demands.
std::string valid_utf8(std::string_view text);

}  // namespace simdprof
