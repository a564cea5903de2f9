#pragma once

#include <charconv>
#include <string_view>
#include <system_error>

namespace simdprof::abi {

/// Takes `lead` and a number off the front of `text`.
/// @return false, with `text` anywhere, when they are not there or the number does not fit
template <class Number>
bool take_number(std::string_view& text, std::string_view lead, Number& value) {
  if (!text.starts_with(lead)) return false;
  text.remove_prefix(lead.size());
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc{};
}

}  // namespace simdprof::abi
