#pragma once

#include <cstdint>
#include <unordered_map>

#include "lib/base/units.h"
#include "lib/model/record.h"

namespace simdprof::cmd {

/// Counts the changes of each process's mappings, so that what was looked up in them can be told from what still holds.
class MapGenerations {
 public:
  /// Whose mappings, and how often they have changed.
  struct Version {
    Pid owner = 0;  ///< kKernel for kernel addresses
    std::uint32_t generation = 0;
    bool operator==(const Version&) const = default;
  };
  static constexpr Pid kKernel = -1;  // as the kernel's own mappings have it

  /// Records in time order; those that change no mapping are passed over.
  /// @return whether the record changed one
  bool observe(const Record& record);
  /// Whether the record changes what kernel addresses mean.
  static bool changes_kernel(const Record& record);

  [[nodiscard]] Version version(Pid pid, CpuMode mode) {
    const Pid owner = mode == CpuMode::kernel ? kKernel : pid;
    if (owner == kKernel) return kernel_;
    if (owner != last_.owner) last_ = {owner, find(owner)};
    return last_;
  }

 private:
  [[nodiscard]] std::uint32_t find(Pid owner) const;

  std::unordered_map<Pid, std::uint32_t> generations_;
  Version kernel_{kKernel, 0};
  Version last_;  ///< of the process asked for last: samples come in runs of one process
};

}  // namespace simdprof::cmd
