#include "lib/capture/number_ranges.h"

#include <fmt/format.h>

#include <charconv>

namespace simdprof {
namespace {

Result<unsigned> parse_bounded(std::string_view text, unsigned largest) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number > largest) {
    return fail(Errc::malformed, fmt::format("'{}' is not a number from 0 to {}", text, largest));
  }
  return number;
}

}  // namespace

Result<std::vector<NumberRange>> parse_number_ranges(std::string_view text, unsigned largest) {
  std::vector<NumberRange> ranges;
  for (;;) {
    const std::size_t comma = text.find(',');
    const std::string_view range = text.substr(0, comma);
    const std::size_t dash = range.find('-');
    const auto first = parse_bounded(range.substr(0, dash), largest);
    if (!first) return fail(first.error());
    const auto last = dash == std::string_view::npos ? first : parse_bounded(range.substr(dash + 1), largest);
    if (!last) return fail(last.error());
    if (*last < *first) return fail(Errc::malformed, fmt::format("range '{}' runs backwards", range));
    ranges.push_back({*first, *last});
    if (comma == std::string_view::npos) return ranges;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace simdprof
