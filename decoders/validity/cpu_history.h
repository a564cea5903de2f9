#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>

#include "lib/base/units.h"

namespace simdprof {

/// One block of vector values that was seen on a CPU.
struct SeenBlock {
  std::uint64_t hash = 0;
  Pid pid = 0;             ///< process that was sampled
  bool owned = false;      ///< its user set had the values; false: read in the kernel, they can be anybody's
  bool user_mode = false;  ///< and in user mode, so that they are its own for sure
};

/// The last blocks seen on each CPU.
class CpuHistory {
 public:
  static constexpr std::size_t kBlocks = 32;      ///< a CPU keeps
  static constexpr std::size_t kMaxCpus = 16384;  ///< CPUs with larger numbers of new ones are passed over

  void add(std::uint32_t cpu, const SeenBlock& block);
  [[nodiscard]] std::span<const SeenBlock> blocks(std::uint32_t cpu) const;
  [[nodiscard]] std::size_t cpus() const { return rings_.size(); }

 private:
  struct Ring {
    std::array<SeenBlock, kBlocks> blocks{};
    std::size_t used = 0;
    std::size_t next = 0;
  };
  std::unordered_map<std::uint32_t, Ring> rings_;
};

}  // namespace simdprof
