#include "lib/abi/time_conversion.h"

#include <fmt/format.h>

#include "lib/abi/take_number.h"

namespace simdprof::abi {

std::optional<std::uint64_t> TimeConversion::to_ns(std::uint64_t ticks) const {
  if (!known || shift > 63) return std::nullopt;
  const std::uint64_t whole = ticks >> shift;
  const std::uint64_t rest = ticks & ((std::uint64_t{1} << shift) - 1);
  return zero + whole * mult + ((rest * mult) >> shift);
}

std::string time_conversion_text(const TimeConversion& time) {
  return fmt::format("shift {}, mult {}, zero {}", time.shift, time.mult, time.zero);
}

TimeConversion parse_time_conversion(std::string_view text) {
  TimeConversion time;
  const bool whole = take_number(text, "shift ", time.shift) && take_number(text, ", mult ", time.mult) &&
                     take_number(text, ", zero ", time.zero) && text.empty();
  if (!whole || time.shift > 63 || time.mult == 0) return {};
  time.known = true;
  return time;
}

}  // namespace simdprof::abi
