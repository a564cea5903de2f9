#include "lib/abi/clock_reference.h"

#include <fmt/format.h>

#include <charconv>

namespace simdprof::abi {
namespace {

/// Takes `lead` and a number off the front of `text`.
template <class Number>
bool take_number(std::string_view& text, std::string_view lead, Number& value) {
  if (!text.starts_with(lead)) return false;
  text.remove_prefix(lead.size());
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc{};
}

}  // namespace

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
