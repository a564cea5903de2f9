#include "lib/abi/time_conversion.h"

#include <charconv>

#include <fmt/format.h>

namespace simdprof::abi {
namespace {

/// Takes "name N" off the front of `text`, with the comma behind it.
bool take_number(std::string_view& text, std::string_view name, std::uint64_t& value) {
  if (!text.starts_with(name)) return false;
  text.remove_prefix(name.size());
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.starts_with(", ")) text.remove_prefix(2);
  return true;
}

}  // namespace

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
  const bool whole = take_number(text, "shift ", time.shift) && take_number(text, "mult ", time.mult) &&
                     take_number(text, "zero ", time.zero) && text.empty();
  if (!whole || time.shift > 63 || time.mult == 0) return {};
  time.known = true;
  return time;
}

}  // namespace simdprof::abi
