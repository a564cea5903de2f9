#include "lib/capture/target_tasks.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>
#include <string>
#include <system_error>

#include "lib/base/fd.h"

namespace simdprof {
namespace {

// Names of a folder that are numbers.
std::vector<std::int32_t> list_numbers(const std::string& folder) {
  std::vector<std::int32_t> numbers;
  std::error_code error;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    std::int32_t number = 0;
    const auto [stop, bad] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (bad == std::errc{} && stop == name.data() + name.size()) numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::vector<Pid> list_children(Pid pid) {
  std::vector<Pid> children;
  for (const Tid tid : list_threads(pid)) {
    const auto text = load_text(fmt::format("/proc/{}/task/{}/children", pid, tid));
    if (!text) continue;
    const char* at = text->data();
    const char* const end = at + text->size();
    while (at < end) {
      Pid child = 0;
      const auto [stop, error] = std::from_chars(at, end, child);
      if (error == std::errc{}) children.push_back(child);
      at = std::max(stop, at) + 1;
    }
  }
  return children;
}

}  // namespace

std::vector<Tid> list_threads(Pid pid) { return list_numbers(fmt::format("/proc/{}/task", pid)); }

std::vector<Pid> list_processes() { return list_numbers("/proc"); }

Result<Pid> find_process_of(Tid tid) {
  const auto text = load_text(fmt::format("/proc/{}/status", tid));
  if (!text) return fail(Errc::not_found, fmt::format("no process or thread {}", tid));
  constexpr std::string_view kKey = "\nTgid:";
  const std::size_t at = text->find(kKey);
  if (at == std::string::npos) return fail(Errc::not_found, fmt::format("thread {} has no process", tid));
  std::size_t digits = at + kKey.size();
  while (digits < text->size() && ((*text)[digits] == '\t' || (*text)[digits] == ' ')) ++digits;
  Pid pid = 0;
  std::from_chars(text->data() + digits, text->data() + text->size(), pid);
  return pid;
}

std::vector<Pid> list_descendants(Pid pid) {
  std::vector<Pid> found{pid};
  std::set<Pid> seen{pid};
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const Pid child : list_children(found[i])) {
      if (seen.insert(child).second) found.push_back(child);
    }
  }
  return found;
}

Result<std::vector<Tid>> list_target_threads(const TargetSpec& target) {
  std::set<Tid> tids;
  for (const Pid pid : target.pids) {
    const auto threads = list_threads(pid);
    if (threads.empty()) return fail(Errc::not_found, fmt::format("no process {}", pid));
    tids.insert(threads.begin(), threads.end());
  }
  for (const Tid tid : target.tids) {
    const auto pid = find_process_of(tid);
    if (!pid) return fail(pid.error());
    tids.insert(tid);
  }
  return std::vector<Tid>(tids.begin(), tids.end());
}

}  // namespace simdprof
