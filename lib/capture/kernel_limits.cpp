#include "lib/capture/kernel_limits.h"

#include <charconv>

#include "lib/base/fd.h"

namespace simdprof {
namespace {

std::optional<std::int64_t> load_integer(const std::string& path) {
  const auto text = load_text(path, 4096);
  if (!text) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc{}) return std::nullopt;
  return value;
}

}  // namespace

KernelLimits load_kernel_limits(const std::string& folder) {
  KernelLimits limits;
  limits.paranoid = load_integer(folder + "/perf_event_paranoid");
  limits.max_sample_rate = load_integer(folder + "/perf_event_max_sample_rate");
  limits.mlock_kb = load_integer(folder + "/perf_event_mlock_kb");
  limits.kptr_restrict = load_integer(folder + "/kptr_restrict");
  limits.yama_scope = load_integer(folder + "/yama/ptrace_scope");
  return limits;
}

}  // namespace simdprof
