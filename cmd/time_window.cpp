#include "cmd/time_window.h"

#include <fmt/format.h>

#include <charconv>

namespace simdprof::cmd {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;  // ns
constexpr unsigned kMaxDecimals = 9;

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<std::uint64_t> parse_digits(std::string_view text) {
  std::uint64_t value = 0;
  if (!all_digits(text)) return std::nullopt;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc{}) return std::nullopt;
  return value;
}

// "12.5" with `decimals` 9 is 12500000000; empty when it is no such number or too large.
std::optional<std::uint64_t> parse_fixed(std::string_view text, unsigned decimals) {
  const std::size_t point = text.find('.');
  const auto whole = parse_digits(text.substr(0, point));
  if (!whole) return std::nullopt;
  std::uint64_t value = *whole;
  std::string_view fraction = point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
  if (point != std::string_view::npos && (!all_digits(fraction) || fraction.size() > decimals)) return std::nullopt;
  for (unsigned i = 0; i < decimals; ++i) {
    const std::uint64_t digit = i < fraction.size() ? static_cast<std::uint64_t>(fraction[i] - '0') : 0;
    if (value > (std::numeric_limits<std::uint64_t>::max() - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

auto no_window(std::string_view text) {
  return fail(Errc::usage, fmt::format("--time {}: not A,B in seconds (either may be left out) nor A%-B%", text));
}

// Place of `percent` (in millionths of a percent) between the ends of the recording.
std::uint64_t place_at(const TimeWindow& recorded, std::uint64_t micro_percent) {
  const double share = static_cast<double>(micro_percent) / 1e8;
  return recorded.begin_ns +
         static_cast<std::uint64_t>(static_cast<double>(recorded.end_ns - recorded.begin_ns) * share);
}

Result<TimeWindow> parse_percent(std::string_view text, const std::optional<TimeWindow>& recorded) {
  const std::size_t dash = text.find("%-");
  if (dash == std::string_view::npos || text.back() != '%') return no_window(text);
  const auto from = parse_fixed(text.substr(0, dash), 6);
  const auto to = parse_fixed(text.substr(dash + 2, text.size() - dash - 3), 6);
  constexpr std::uint64_t kWhole = 100'000'000;
  if (!from || !to || *from > *to || *to > kWhole) return no_window(text);
  if (!recorded) return fail(Errc::usage, fmt::format("--time {}: the recording has no times", text));
  return TimeWindow{place_at(*recorded, *from), *to == kWhole ? recorded->end_ns : place_at(*recorded, *to)};
}

}  // namespace

Result<std::uint64_t> parse_seconds(std::string_view text) {
  static_assert(kSecond == 1'000'000'000, "as many decimals as kMaxDecimals");
  const auto value = parse_fixed(text, kMaxDecimals);
  if (!value) return fail(Errc::usage, fmt::format("'{}' is not a time in seconds", text));
  return *value;
}

Result<TimeWindow> parse_time_window(std::string_view text, const std::optional<TimeWindow>& recorded) {
  if (text.find('%') != std::string_view::npos) return parse_percent(text, recorded);
  const std::size_t comma = text.find(',');
  if (comma == std::string_view::npos || text.size() == 1) return no_window(text);
  TimeWindow window;
  if (comma != 0) {
    const auto begin = parse_seconds(text.substr(0, comma));
    if (!begin) return no_window(text);
    window.begin_ns = *begin;
  }
  if (comma + 1 != text.size()) {
    const auto end = parse_seconds(text.substr(comma + 1));
    if (!end) return no_window(text);
    window.end_ns = *end;
  }
  if (window.end_ns < window.begin_ns) {
    return fail(Errc::usage, fmt::format("--time {}: the window ends before it begins", text));
  }
  return window;
}

}  // namespace simdprof::cmd
