#pragma once

#include <cstdint>

namespace simdprof {

/// Reads a 64-bit counter that grows, where one load gives 32 bits only: a 32-bit program under a 64-bit kernel.
///
/// Three reads; when the upper words of the first and the third agree, the counter did not pass a multiple of 2^32
/// between them and the second is whole. The third can itself be torn after its upper word was read, so it is never
/// the one that is returned.
/// Source: the rule of perf's util/auxtrace.h, compat_auxtrace_mmap__read_head (Linux 5.15).
///
/// @param read  both halves in any order, as a number; ends with a read barrier
template <class Read>
std::uint64_t load_split_counter(Read read) {
  for (;;) {
    const std::uint64_t first = read();
    const std::uint64_t second = read();
    const std::uint64_t third = read();
    if ((first >> 32U) == (third >> 32U)) return second;
  }
}

/// Whether a 32-bit program may store this counter: the kernel would see one half of a larger one before the other.
inline bool fits_split_store(std::uint64_t value) { return (value >> 32U) == 0; }

}  // namespace simdprof
