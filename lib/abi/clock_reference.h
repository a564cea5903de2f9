#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace simdprof::abi {

/// One moment by a recording's clock and by the calendar: what turns times of records into times of day.
/// Source: perf.data's feature CLOCK_DATA, tools/perf/Documentation/perf.data-file-format.txt.
struct ClockReference {
  std::uint32_t clockid = 0;   ///< CLOCK_MONOTONIC, ...
  std::uint64_t clock_ns = 0;  ///< by that clock
  std::uint64_t wall_ns = 0;   ///< since 1970, UTC

  /// @return ns since 1970 of a time of the clock, modulo 2^64
  [[nodiscard]] std::uint64_t wall_at(std::uint64_t time_ns) const { return wall_ns + (time_ns - clock_ns); }
};

/// Name of the host fact that keeps a recording's reference.
inline constexpr std::string_view kClockReferenceFact = "clock_data";

/// "clock 1 at 27104500000000 ns was 1795364411000000000 ns after 1970"
std::string clock_reference_text(const ClockReference& reference);
/// @return nothing where the text is no reference
std::optional<ClockReference> parse_clock_reference(std::string_view text);

}  // namespace simdprof::abi
