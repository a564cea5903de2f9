#include "cmd/field_text.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "lib/base/check.h"

namespace simdprof::cmd {
namespace {

using simdprof::append_text;

constexpr std::uint64_t kSecond = 1'000'000'000;  // ns

// Length of the valid UTF-8 sequence at the start of `text`, or 0 (RFC 3629: no overlong forms, no surrogates, nothing
// above U+10FFFF).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xbf) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return continues(1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    const unsigned low = lead == 0xe0 ? 0xa0 : 0x80;
    const unsigned high = lead == 0xed ? 0x9f : 0xbf;
    return continues(1, low, high) && continues(2) ? 3 : 0;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    const unsigned low = lead == 0xf0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xf4 ? 0x8f : 0xbf;
    return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

void append_json_control(TextBuffer& out, unsigned char c) {
  append_text(out, "\\u");
  append_hex_digits(out, c, 4);
}

}  // namespace

void append_padding(TextBuffer& out, std::size_t written, std::size_t columns) {
  static constexpr std::string_view kSpaces = "                                ";
  while (written < columns) {
    const std::size_t part = std::min(columns - written, kSpaces.size());
    append_text(out, kSpaces.substr(0, part));
    written += part;
  }
}

void append_decimal(TextBuffer& out, std::uint64_t value, unsigned columns) {
  const fmt::format_int text(value);
  append_padding(out, text.size(), columns);
  append_text(out, {text.data(), text.size()});
}

void append_hex_aligned(TextBuffer& out, std::uint64_t value, unsigned columns) {
  const unsigned digits = hex_digit_count(value);
  append_padding(out, digits, columns);
  append_hex_digits(out, value, digits);
}

void append_seconds(TextBuffer& out, std::uint64_t time_ns, unsigned digits) {
  SIMDPROF_ASSERT(digits == 6 || digits == 9);
  append_decimal(out, time_ns / kSecond);
  std::uint64_t fraction = time_ns % kSecond;
  if (digits == 6) fraction /= 1000;
  std::array<char, 10> text;
  text[0] = '.';
  for (unsigned i = digits; i > 0; --i) {
    text[i] = static_cast<char>('0' + fraction % 10);
    fraction /= 10;
  }
  append_text(out, {text.data(), digits + 1});
}

void append_json_string(TextBuffer& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    const char c = text.front();
    std::size_t used = 1;
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      append_json_control(out, static_cast<unsigned char>(c));
    } else if ((used = utf8_length(text)) != 0) {
      append_text(out, text.substr(0, used));
    } else {
      used = 1;
      append_text(out, "\\ufffd");
    }
    text.remove_prefix(used);
  }
  out.push_back('"');
}

void append_json_hex(TextBuffer& out, std::uint64_t value) {
  out.push_back('"');
  append_hex(out, value);
  out.push_back('"');
}

void append_csv_cell(TextBuffer& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return append_text(out, text);
  out.push_back('"');
  for (const char c : text) {
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  out.push_back('"');
}

void append_tsv_cell(TextBuffer& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '\t': append_text(out, "\\t"); break;
      case '\n': append_text(out, "\\n"); break;
      case '\r': append_text(out, "\\r"); break;
      case '\\': append_text(out, "\\\\"); break;
      default: out.push_back(c);
    }
  }
}

std::string_view mode_name(CpuMode mode) {
  switch (mode) {
    case CpuMode::unknown: return "unknown";
    case CpuMode::kernel: return "kernel";
    case CpuMode::user: return "user";
    case CpuMode::hypervisor: return "hypervisor";
    case CpuMode::guest_kernel: return "guest-kernel";
    case CpuMode::guest_user: return "guest-user";
  }
  return "unknown";
}

}  // namespace simdprof::cmd
