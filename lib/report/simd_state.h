#pragma once

#include <cstdint>

#include "lib/model/register_set.h"
#include "lib/model/sample.h"

namespace simdprof {

/// What one sample says about the SIMD state of the code it hit.
struct SimdState {
  SimdWidth widest = SimdWidth::unknown;  ///< unknown: not recorded
  bool dirty_upper = false;               ///< means something only where `widest` is known
  bool mxcsr_recorded = false;
  bool ftz = false, daz = false;  ///< mean something only with mxcsr_recorded
};

/// SIMD state of the code that `sample` hit: the user set's, and of user-mode hits only. The user set of a kernel or
/// guest hit belongs to other code than the address of the sample, and a late image to another moment, so these count
/// as not recorded.
SimdState simd_state(const Sample& sample, const RegisterSets& sets);

/// SIMD states of many samples. Shares are of the samples that have the fact recorded, never of all.
struct SimdTally {
  std::uint64_t recorded = 0;  ///< samples whose widest state is known
  std::uint64_t none = 0, xmm = 0, ymm = 0, zmm = 0;
  std::uint64_t dirty_upper = 0;
  std::uint64_t mxcsr_recorded = 0;
  std::uint64_t ftz = 0, daz = 0;

  void add(const SimdState& state);
  void add(const SimdTally& other);
};

}  // namespace simdprof
