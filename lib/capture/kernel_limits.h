#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace simdprof {

/// The sysctls that decide what an ordinary user may sample. A field is empty when the kernel has no such file.
struct KernelLimits {
  std::optional<std::int64_t> paranoid;         ///< kernel.perf_event_paranoid
  std::optional<std::int64_t> max_sample_rate;  ///< kernel.perf_event_max_sample_rate, samples/s
  std::optional<std::int64_t> mlock_kb;         ///< kernel.perf_event_mlock_kb, KiB of rings per user and CPU
  std::optional<std::int64_t> kptr_restrict;    ///< kernel.kptr_restrict
  std::optional<std::int64_t> yama_scope;       ///< kernel.yama.ptrace_scope
};

/// @param folder  where the kernel's sysctls are files
KernelLimits load_kernel_limits(const std::string& folder = "/proc/sys/kernel");

}  // namespace simdprof
