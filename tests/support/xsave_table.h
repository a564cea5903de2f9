#pragma once

#include "lib/abi/xsave.h"

namespace simdprof::test {

/// CPUID leaf 0xD of an AVX-512 machine (AMD Zen 4), as kernel-side documents print it.
inline abi::XsaveTable zen4_table() {
  abi::XsaveTable table;
  table.xcr0_mask = 0x2e7;
  table.max_bytes = 2440;
  table.components[0] = {0, 160, 0};
  table.components[1] = {160, 256, 0};
  table.components[2] = {576, 256, 0};
  table.components[5] = {832, 64, 0};
  table.components[6] = {896, 512, 0};
  table.components[7] = {1408, 1024, 0};
  table.components[9] = {2432, 8, 0};
  return table;
}

}  // namespace simdprof::test
