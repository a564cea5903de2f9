#include "cmd/field_text.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <iterator>

#include "lib/base/check.h"
#include "lib/report/escape.h"

namespace simdprof::cmd {
namespace {

using simdprof::append_text;

constexpr std::uint64_t kSecond = 1'000'000'000;  // ns

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

void put_decimal(PieceWriter& pieces, std::int64_t value) {
  const fmt::format_int text(value);
  pieces.text(std::string_view(text.data(), text.size()));
}

void put_cpu(PieceWriter& pieces, std::uint32_t cpu) {
  pieces.put('[');
  if (cpu < 100) pieces.put('0');
  if (cpu < 10) pieces.put('0');
  put_decimal(pieces, cpu);
  pieces.put(']');
}

void append_cpu(TextBuffer& out, std::uint32_t cpu) {
  PieceWriter pieces(out, kMostOfCpu);
  put_cpu(pieces, cpu);
}

void append_hex_aligned(TextBuffer& out, std::uint64_t value, unsigned columns) {
  const unsigned digits = hex_digit_count(value);
  append_padding(out, digits, columns);
  append_hex_digits(out, value, digits);
}

void put_seconds(PieceWriter& pieces, std::uint64_t time_ns, unsigned digits) {
  SIMDPROF_ASSERT(digits == 6 || digits == 9);
  put_decimal(pieces, static_cast<std::int64_t>(time_ns / kSecond));
  std::uint64_t fraction = time_ns % kSecond;
  if (digits == 6) fraction /= 1000;
  std::array<char, 10> text;
  text[0] = '.';
  for (unsigned i = digits; i > 0; --i) {
    text[i] = static_cast<char>('0' + fraction % 10);
    fraction /= 10;
  }
  pieces.text(std::string_view(text.data(), digits + 1));
}

void append_seconds(TextBuffer& out, std::uint64_t time_ns, unsigned digits) {
  PieceWriter pieces(out, kMostOfSeconds);
  put_seconds(pieces, time_ns, digits);
}

void append_wall_time(TextBuffer& out, std::uint64_t wall_ns, unsigned digits) {
  constexpr std::uint64_t kNsPerSecond = 1'000'000'000;
  const auto second = static_cast<std::time_t>(wall_ns / kNsPerSecond);
  std::tm local{};
  ::localtime_r(&second, &local);
  std::array<char, 64> date{};
  append_text(out, {date.data(), std::strftime(date.data(), date.size(), "%F %H:%M:%S", &local)});
  const std::uint64_t fraction = wall_ns % kNsPerSecond;
  fmt::format_to(std::back_inserter(out), ".{:0{}}", digits == 9 ? fraction : fraction / 1000, digits == 9 ? 9 : 6);
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

}  // namespace simdprof::cmd
