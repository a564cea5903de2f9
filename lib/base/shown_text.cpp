#include "lib/base/shown_text.h"

#include <iterator>

namespace simdprof {
namespace {

void append(fmt::memory_buffer& out, std::string_view text) { out.append(text.data(), text.data() + text.size()); }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

}  // namespace

void append_shown(fmt::memory_buffer& out, std::string_view text) {
  for (const char c : text) {
    if (!is_control(c)) {
      out.push_back(c);
    } else if (c == '\n') {
      append(out, "\\n");
    } else if (c == '\t') {
      append(out, "\\t");
    } else {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
}

std::string shown(std::string_view text) {
  fmt::memory_buffer out;
  append_shown(out, text);
  return fmt::to_string(out);
}

}  // namespace simdprof
