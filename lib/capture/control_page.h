#pragma once

#include <cstddef>
#include <cstdint>

#include "lib/abi/time_conversion.h"
#include "lib/base/result.h"

namespace simdprof {

/// How this program reads and writes the 64-bit counters of a control page.
enum class CounterAccess : std::uint8_t {
  whole,  ///< one load, one store
  split,  ///< two halves, as a 32-bit program has to (split_counter.h)
};
inline constexpr CounterAccess kNativeAccess = sizeof(void*) == 8 ? CounterAccess::whole : CounterAccess::split;

/// perf_event_mmap_page: what the kernel and the reader of a ring tell each other. Not owned.
class ControlPage {
 public:
  ControlPage() = default;
  explicit ControlPage(std::byte* page, CounterAccess access = kNativeAccess) : page_(page), access_(access) {}

  [[nodiscard]] bool valid() const { return page_ != nullptr; }
  /// A counter that the kernel writes. What lies below it is complete and may be read.
  [[nodiscard]] std::uint64_t load_head(std::size_t offset) const;
  /// A counter of our own.
  [[nodiscard]] std::uint64_t load_tail(std::size_t offset) const;
  /// Gives what lies below `value` back to the kernel: our reads are over. For data_tail, of which the kernel uses the
  /// low bits only, so that a torn one is harmless.
  void store_tail(std::size_t offset, std::uint64_t value) const;
  /// The same for aux_tail, of which the kernel uses all bits.
  /// @return limit when `value` cannot be stored in one piece: a 32-bit program past 4 GiB; nothing is stored
  [[nodiscard]] Status may_store_whole_tail(std::uint64_t value) const;
  Status store_whole_tail(std::size_t offset, std::uint64_t value) const;
  /// A word that the kernel reads in a system call of ours (aux_offset, aux_size).
  void store_word(std::size_t offset, std::uint64_t value) const;
  /// Read as the kernel's sequence lock wants it.
  [[nodiscard]] abi::TimeConversion load_time_conversion() const;

 private:
  [[nodiscard]] std::uint64_t load_halves(std::size_t offset) const;
  std::byte* page_ = nullptr;
  CounterAccess access_ = kNativeAccess;
};

}  // namespace simdprof
