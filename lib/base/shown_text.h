#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace simdprof {

// Names in a recording (comm, paths, symbols) are hostile text: a newline must not make a row, an escape sequence must
// not reach a terminal.

/// Appends `text` with control characters as \n, \t or \x1b and backslashes as they are.
void append_shown(fmt::memory_buffer& out, std::string_view text);
/// `text` as append_shown writes it.
std::string shown(std::string_view text);

}  // namespace simdprof
