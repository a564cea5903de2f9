#include "lib/capture/proc_thread.h"

#include <fmt/format.h>

#include <charconv>

#include "lib/base/fd.h"

namespace simdprof {
namespace {

template <class T>
T parse_number(std::string_view text, int base) {
  T number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number, base);
  return number;
}

}  // namespace

ThreadStatus parse_thread_status(std::string_view text) {
  ThreadStatus status;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() < text.size() ? line.size() + 1 : line.size());
    const std::size_t colon = line.find(":\t");
    if (colon == std::string_view::npos) continue;
    const std::string_view key = line.substr(0, colon);
    const std::string_view value = line.substr(colon + 2);
    if (key == "State" && !value.empty()) status.state = value.front();
    if (key == "PPid") status.parent = parse_number<Pid>(value, 10);
    if (key == "TracerPid") status.tracer = parse_number<Pid>(value, 10);
    if (key == "SigPnd") status.pending = parse_number<std::uint64_t>(value, 16);
    if (key == "ShdPnd") status.pending_process = parse_number<std::uint64_t>(value, 16);
    if (key == "SigBlk") status.blocked = parse_number<std::uint64_t>(value, 16);
    if (key == "SigIgn") status.ignored = parse_number<std::uint64_t>(value, 16);
    if (key == "SigCgt") status.caught = parse_number<std::uint64_t>(value, 16);
    if (key.ends_with("voluntary_ctxt_switches")) status.switches += parse_number<std::uint64_t>(value, 10);
  }
  return status;
}

std::optional<ThreadStatus> load_thread_status(Tid tid) {
  const auto text = load_text(fmt::format("/proc/{}/status", tid));
  if (!text) return std::nullopt;
  return parse_thread_status(*text);
}

}  // namespace simdprof
