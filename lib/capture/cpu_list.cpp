#include "lib/capture/cpu_list.h"

#include <fmt/format.h>

#include <charconv>
#include <set>

#include "lib/base/fd.h"

namespace simdprof {
namespace {

constexpr std::int32_t kLargestCpu = 65535;

Result<std::int32_t> parse_cpu(std::string_view text) {
  std::int32_t cpu = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), cpu);
  if (error != std::errc{} || end != text.data() + text.size() || cpu < 0 || cpu > kLargestCpu) {
    return fail(Errc::usage, fmt::format("'{}' is not a CPU number", text));
  }
  return cpu;
}

}  // namespace

Result<std::vector<std::int32_t>> parse_cpu_list(std::string_view text) {
  std::set<std::int32_t> cpus;
  for (;;) {
    const std::size_t comma = text.find(',');
    const std::string_view range = text.substr(0, comma);
    const std::size_t dash = range.find('-');
    const auto first = parse_cpu(range.substr(0, dash));
    if (!first) return fail(first.error());
    const auto last = dash == std::string_view::npos ? first : parse_cpu(range.substr(dash + 1));
    if (!last) return fail(last.error());
    if (*last < *first) return fail(Errc::usage, fmt::format("CPU range '{}' runs backwards", range));
    for (std::int32_t cpu = *first; cpu <= *last; ++cpu) cpus.insert(cpu);
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return std::vector<std::int32_t>(cpus.begin(), cpus.end());
}

std::vector<std::int32_t> load_online_cpus() {
  const auto text = load_text("/sys/devices/system/cpu/online", 4096);
  if (text) {
    const auto cpus = parse_cpu_list(std::string_view(*text).substr(0, text->find('\n')));
    if (cpus) return *cpus;
  }
  return {0};
}

}  // namespace simdprof
