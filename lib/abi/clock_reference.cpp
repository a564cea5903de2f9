#include "lib/abi/clock_reference.h"

#include <fmt/format.h>

#include "lib/abi/take_number.h"

namespace simdprof::abi {

std::string clock_reference_text(const ClockReference& reference) {
  return fmt::format("clock {} at {} ns was {} ns after 1970", reference.clockid, reference.clock_ns,
                     reference.wall_ns);
}

std::optional<ClockReference> parse_clock_reference(std::string_view text) {
  ClockReference reference;
  const bool whole = take_number(text, "clock ", reference.clockid) && take_number(text, " at ", reference.clock_ns) &&
                     take_number(text, " ns was ", reference.wall_ns) && text == " ns after 1970";
  if (!whole) return std::nullopt;
  return reference;
}

}  // namespace simdprof::abi
