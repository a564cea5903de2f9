#include "lib/capture/tracepoint.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>

#include "lib/base/fd.h"

namespace simdprof {
namespace {

bool plain_word(std::string_view word) {
  return !word.empty() && word.size() < 128 && std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-';
  });
}

}  // namespace

Result<std::uint64_t> load_tracepoint_id(const EventSystem& system, std::string_view subsystem, std::string_view name) {
  if (!plain_word(subsystem) || !plain_word(name)) {
    return fail(Errc::usage, fmt::format("'{}:{}' is no name of a tracepoint", subsystem, name));
  }
  bool denied = false;
  bool mounted = false;
  for (const std::string& root : system.tracefs) {
    const auto text = load_text(fmt::format("{}/events/{}/{}/id", root, subsystem, name), 64);
    if (text) {
      std::string_view digits = *text;
      while (digits.ends_with('\n')) digits.remove_suffix(1);
      return parse_number(digits);
    }
    if (text.error().code == Errc::permission) denied = true;
    if (::access(fmt::format("{}/events", root).c_str(), F_OK) == 0) mounted = true;
  }
  if (denied) {
    return fail(Errc::permission,
                fmt::format("cannot read the id of tracepoint {}:{}; tracefs is for root only here", subsystem, name));
  }
  if (!mounted) {
    return fail(Errc::not_found,
                fmt::format("'{}:{}' is no known event, and tracepoints cannot be looked up: tracefs is "
                            "not mounted; mount -t tracefs nodev /sys/kernel/tracing",
                            subsystem, name));
  }
  return fail(Errc::not_found, fmt::format("this kernel has no tracepoint '{}:{}'", subsystem, name));
}

}  // namespace simdprof
