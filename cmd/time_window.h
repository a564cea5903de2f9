#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "lib/base/result.h"
#include "lib/base/units.h"

namespace simdprof::cmd {

/// A span of recorded time; both ends belong to it.
struct TimeWindow {
  std::uint64_t begin_ns = 0;
  std::uint64_t end_ns = std::numeric_limits<std::uint64_t>::max();
  [[nodiscard]] bool contains(std::uint64_t time_ns) const { return time_ns >= begin_ns && time_ns <= end_ns; }
};

/// Parses `--time`: `A,B` in seconds of the recording's clock, either end open (`A,` or `,B`), or `A%-B%` of the
/// recorded time.
///
/// @param recorded  first and last time of the recording; absent when no record has one
/// @return usage when the text is no such window, or it ends before it begins
Result<TimeWindow> parse_time_window(std::string_view text, const std::optional<TimeWindow>& recorded);

/// "12.5" to 12500000000. At most 9 decimals.
Result<std::uint64_t> parse_seconds(std::string_view text);

}  // namespace simdprof::cmd
