#include "lib/abi/arm64_regsets.h"

#if defined(__aarch64__)
#include <sys/auxv.h>
#include <sys/prctl.h>
#endif

namespace simdprof::abi {

#if defined(__aarch64__)

Arm64Simd probe_arm64_simd() {
  constexpr unsigned long kAsimd = 1UL << 1U;
  constexpr unsigned long kSve = 1UL << 22U;
  const unsigned long capabilities = ::getauxval(AT_HWCAP);
  return {(capabilities & kAsimd) != 0, (capabilities & kSve) != 0};
}

unsigned probe_sve_vector_bytes() {
  constexpr unsigned kLengthMask = 0xffff;  // PR_SVE_VL_LEN_MASK
  const int value = ::prctl(PR_SVE_GET_VL);
  return value < 0 ? 0 : static_cast<unsigned>(value) & kLengthMask;
}

#else

Arm64Simd probe_arm64_simd() { return {}; }
unsigned probe_sve_vector_bytes() { return 0; }

#endif

}  // namespace simdprof::abi
