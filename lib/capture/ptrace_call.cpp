#include "lib/capture/ptrace_call.h"

namespace simdprof {

const CallAbi& native_call_abi() {
#if defined(__aarch64__)
  return kCallOfArm64;
#else
  return kCallOfX86;
#endif
}

}  // namespace simdprof
