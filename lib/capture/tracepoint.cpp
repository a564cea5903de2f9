#include "lib/capture/tracepoint.h"

#include <fmt/format.h>
#include <fnmatch.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <filesystem>
#include <set>
#include <string>
#include <system_error>
#include <utility>

#include "lib/base/fd.h"
#include "lib/model/own_record.h"

namespace simdprof {
namespace {

/// @param more  characters that may stand in it beside those of names
bool plain_word(std::string_view word, std::string_view more = {}) {
  return !word.empty() && word.size() < 128 && std::all_of(word.begin(), word.end(), [more](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || more.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

/// Names of the folders in `path` that the pattern fits.
std::vector<std::string> matching_folders(const std::string& path, const std::string& pattern) {
  std::vector<std::string> found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    const std::string name = entry.path().filename();
    if (::fnmatch(pattern.c_str(), name.c_str(), 0) == 0 && entry.is_directory(error)) found.push_back(name);
  }
  return found;
}

/// Why a tracepoint was not found.
Error not_found(const EventSystem& system, std::string_view subsystem, std::string_view name, bool denied) {
  if (denied) {
    return {Errc::permission,
            fmt::format("cannot read the id of tracepoint {}:{}; tracefs is for root only here", subsystem, name),
            {},
            {}};
  }
  for (const std::string& root : system.tracefs) {
    if (::access(fmt::format("{}/events", root).c_str(), F_OK) != 0) continue;
    return {Errc::not_found, fmt::format("this kernel has no tracepoint '{}:{}'", subsystem, name), {}, {}};
  }
  return {Errc::not_found,
          fmt::format("'{}:{}' is no known event, and tracepoints cannot be looked up: tracefs is "
                      "not mounted; mount -t tracefs nodev /sys/kernel/tracing",
                      subsystem, name),
          {},
          {}};
}

/// A file of the first tracefs that has it, as far as it goes into a record.
std::string load_from_tracefs(const EventSystem& system, const std::string& file, std::size_t limit_bytes) {
  for (const std::string& root : system.tracefs) {
    auto text = load_text(fmt::format("{}/{}", root, file), limit_bytes);
    if (text && text->find('\0') == std::string::npos) return std::move(*text);
  }
  return {};
}

}  // namespace

Result<std::uint64_t> load_tracepoint_id(const EventSystem& system, std::string_view subsystem, std::string_view name) {
  if (!plain_word(subsystem) || !plain_word(name)) {
    return fail(Errc::usage, fmt::format("'{}:{}' is no name of a tracepoint", subsystem, name));
  }
  bool denied = false;
  for (const std::string& root : system.tracefs) {
    const auto text = load_text(fmt::format("{}/events/{}/{}/id", root, subsystem, name), 64);
    if (text) {
      std::string_view digits = *text;
      while (digits.ends_with('\n')) digits.remove_suffix(1);
      return parse_number(digits);
    }
    if (text.error().code == Errc::permission) denied = true;
  }
  return fail(not_found(system, subsystem, name, denied));
}

Result<std::vector<std::string>> find_tracepoints(const EventSystem& system, std::string_view subsystem,
                                                  std::string_view name) {
  constexpr std::string_view kWild = "*?";
  if (!plain_word(subsystem, kWild) || !plain_word(name, kWild)) {
    return fail(Errc::usage, fmt::format("'{}:{}' is no pattern of tracepoints", subsystem, name));
  }
  bool denied = false;
  for (const std::string& root : system.tracefs) {
    const std::string events = root + "/events";
    denied = denied || (::access(events.c_str(), R_OK) != 0 && errno == EACCES);
    std::vector<std::string> found;
    for (const std::string& folder : matching_folders(events, std::string(subsystem))) {
      for (const std::string& one : matching_folders(fmt::format("{}/{}", events, folder), std::string(name))) {
        const std::string id = fmt::format("{}/{}/{}/id", events, folder, one);
        if (::access(id.c_str(), R_OK) == 0) found.push_back(fmt::format("{}:{}", folder, one));
      }
    }
    if (found.empty()) continue;
    std::sort(found.begin(), found.end());
    return found;
  }
  return fail(not_found(system, subsystem, name, denied));
}

std::vector<std::vector<std::byte>> load_tracepoint_infos(const EventSystem& system,
                                                          const std::vector<EventPlan>& events) {
  constexpr std::size_t kMostTextsBytes = std::size_t{1} << 20U;
  std::vector<std::vector<std::byte>> records;
  std::set<std::string_view> known;
  for (const EventPlan& event : events) {
    if (event.tracepoint.empty() || !known.insert(event.tracepoint).second) continue;
    const std::string_view name = event.tracepoint;
    const std::string_view subsystem = name.substr(0, name.find(':'));
    const std::string file = fmt::format("events/{}/{}/format", subsystem, name.substr(subsystem.size() + 1));
    const std::string text = load_from_tracefs(system, file, kMaxTracepointTextBytes - subsystem.size());
    if (!text.empty()) records.push_back(encode_tracepoint_info({TracepointInfo::kFormat, subsystem, text}));
  }
  if (records.empty()) return records;
  for (auto& record : encode_kernel_texts(load_from_tracefs(system, "printk_formats", kMostTextsBytes))) {
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace simdprof
