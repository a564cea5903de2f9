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
  VirtAddr user_ip = 0;    ///< where the process was in its own code when it was first seen to own them; 0: unknown
};

/// The last blocks seen on each CPU.
class CpuHistory {
 public:
  static constexpr std::size_t kBlocks = 32;      ///< a CPU keeps
  static constexpr std::size_t kMaxCpus = 16384;  ///< CPUs with larger numbers of new ones are passed over

  void add(std::uint32_t cpu, const SeenBlock& block);
  /// A sample of this thread was taken on the CPU.
  void note_thread(std::uint32_t cpu, Tid tid, bool user_mode);
  /// The thread was seen on another CPU: it left this one with the values it had then.
  void release(std::uint32_t cpu, Tid tid);
  /// Whether the thread was seen in user mode on that CPU, and no other since. If not, it may be on its way back to
  /// user mode while the live registers are still those of the thread before.
  [[nodiscard]] bool owns_registers(std::uint32_t cpu, Tid tid) const;
  [[nodiscard]] std::span<const SeenBlock> blocks(std::uint32_t cpu) const;
  [[nodiscard]] std::size_t cpus() const { return rings_.size(); }

 private:
  struct Ring {
    std::array<SeenBlock, kBlocks> blocks{};
    std::size_t used = 0;
    std::size_t next = 0;
    Tid owner = -1;
  };
  Ring* ring_of(std::uint32_t cpu);

  std::unordered_map<std::uint32_t, Ring> rings_;
};

}  // namespace simdprof
