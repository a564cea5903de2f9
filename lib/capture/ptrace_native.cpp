#include "lib/capture/ptrace_native.h"

namespace simdprof {

#if defined(__aarch64__)

NativeImageReader make_native_reader(const VectorPlan& vectors) { return {abi::probe_arm64_simd(), vectors}; }
Status check_native_reader() {
  if (!abi::probe_arm64_simd().neon) return fail(Errc::unsupported, "this CPU has no NEON");
  return {};
}

#else

NativeImageReader make_native_reader(const VectorPlan& vectors) { return {abi::probe_xsave_table(), vectors}; }

Status check_native_reader() {
#if !defined(__x86_64__)
  return fail(Errc::unsupported, "the ptrace source is for x86-64 and arm64");
#endif
  if (abi::probe_xsave_table().xcr0_mask == 0) return fail(Errc::unsupported, "this CPU has no XSAVE");
  return {};
}

#endif

}  // namespace simdprof
