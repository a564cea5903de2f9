#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace simdprof::abi {

/// How ticks of a CPU (TSC, Arm's generic timer) become time of perf's clock: ns = zero + ticks * mult / 2^shift.
/// Source: uapi linux/perf_event.h, comment on perf_event_mmap_page::cap_user_time_zero.
struct TimeConversion {
  std::uint64_t shift = 0;  ///< 0..63
  std::uint64_t mult = 0;
  std::uint64_t zero = 0;  ///< ns at tick 0, modulo 2^64
  bool known = false;      ///< not: the ticks and the clock are not tied together, or it was not recorded

  /// @return ns, without losing bits of large counts; nothing where the conversion is not known
  [[nodiscard]] std::optional<std::uint64_t> to_ns(std::uint64_t ticks) const;
};

/// Name of the host fact that keeps a recording's conversion.
inline constexpr std::string_view kTimeConversionFact = "time_conversion";

/// "shift 31, mult 715827883, zero 77"
std::string time_conversion_text(const TimeConversion& time);
/// @return not known where the text is no conversion
TimeConversion parse_time_conversion(std::string_view text);

}  // namespace simdprof::abi
