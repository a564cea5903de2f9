#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>

#include "lib/base/units.h"

namespace simdprof {

/// Finds threads that their stops leave no time to run. What the kernel does for a stop can be a hit itself: of a clock
/// whose period is not longer than a stop takes (some 30 us), of a tracepoint on the way. It makes the next stop,
/// before the thread has executed an instruction, and so on for ever.
///
/// Such a thread stops with the same registers each time, is never hit in user mode, and does so without a pause. A
/// loop that makes one system call with the same arguments again and again looks alike where all its hits are in the
/// kernel, at more than 2,000 of them a second; a thread that fills memory does not, its registers count.
class Standstill {
 public:
  /// One stop.
  ///
  /// @param general_hash  see hash_general_registers()
  /// @param ran           one of the samples that led to it was taken in user mode
  /// @return whether the thread stands still. True once for each kMostStops of them.
  bool add(Tid tid, std::uint64_t general_hash, std::uint64_t time_ns, bool ran);
  void forget(Tid tid) { threads_.erase(tid); }

  static constexpr std::uint32_t kMostStops = 64;
  static constexpr std::uint64_t kMostNsOfEach = 500'000;

 private:
  struct Thread {
    std::uint64_t general_hash = 0;
    std::uint64_t since_ns = 0;
    std::uint32_t stops = 0;
  };
  std::unordered_map<Tid, Thread> threads_;
};

/// One number for a register block of NT_PRSTATUS, to see whether a thread has moved.
std::uint64_t hash_general_registers(std::span<const std::byte> block);

}  // namespace simdprof
