#include "lib/abi/xsave.h"

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

namespace simdprof::abi {

XsaveTable probe_xsave_table() {
  XsaveTable table;
#if defined(__x86_64__) || defined(__i386__)
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  constexpr unsigned kOsxsave = 1U << 27U;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0 || (ecx & kOsxsave) == 0) return table;
  if (__get_cpuid_count(0xd, 0, &eax, &ebx, &ecx, &edx) == 0) return table;
  table.xcr0_mask = (std::uint64_t{edx} << 32U) | eax;
  table.max_bytes = ecx;
  table.components[kXsaveX87] = {0, kXsaveXmm0, 0};
  table.components[kXsaveSse] = {kXsaveXmm0, 256, 0};
  for (unsigned i = 2; i < kXsaveComponents; ++i) {
    if (!table.has(i)) continue;
    if (__get_cpuid_count(0xd, i, &eax, &ebx, &ecx, &edx) == 0) continue;
    table.components[i] = {ebx, eax, ecx};
  }
#endif
  return table;
}

}  // namespace simdprof::abi
