#pragma once

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SIMDPROF_LEAKS_ARE_FOUND 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define SIMDPROF_LEAKS_ARE_FOUND 1
#endif
#if defined(SIMDPROF_LEAKS_ARE_FOUND)
#include <sanitizer/lsan_interface.h>
#endif

namespace simdprof {

/// While it lives, what is allocated is no leak to the sanitizer: libopencsd 1.3.3 never frees the object that it makes
/// of a tree's element callback, 32 bytes a tree.
class CsKnownLeak {
 public:
#if defined(SIMDPROF_LEAKS_ARE_FOUND)
  CsKnownLeak() { __lsan_disable(); }
  ~CsKnownLeak() { __lsan_enable(); }
#else
  CsKnownLeak() = default;
  ~CsKnownLeak() {}  // NOLINT(modernize-use-equals-default): the object is used
#endif
  CsKnownLeak(const CsKnownLeak&) = delete;
  CsKnownLeak& operator=(const CsKnownLeak&) = delete;
};

}  // namespace simdprof
