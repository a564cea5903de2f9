#include "lib/capture/cpu_list.h"

#include <fmt/format.h>

#include <set>

#include "lib/base/fd.h"
#include "lib/capture/number_ranges.h"

namespace simdprof {
namespace {

constexpr unsigned kLargestCpu = 65535;

}  // namespace

Result<std::vector<std::int32_t>> parse_cpu_list(std::string_view text) {
  const auto ranges = parse_number_ranges(text, kLargestCpu);
  if (!ranges) return fail(Errc::usage, fmt::format("'{}' is no list of CPUs: {}", text, ranges.error().fact));
  std::set<std::int32_t> cpus;
  for (const NumberRange& range : *ranges) {
    for (unsigned cpu = range.first; cpu <= range.last; ++cpu) cpus.insert(static_cast<std::int32_t>(cpu));
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
