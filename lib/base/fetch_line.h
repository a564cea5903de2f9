#pragma once

namespace simdprof {

/// Asks for the cache line of `at`, which will be read soon.
inline void fetch_line(const void* at) {
  __builtin_prefetch(at);
  // GCC 12 takes a function that only does this for one without an effect, and leaves its calls out.
  asm volatile("");
}

}  // namespace simdprof
