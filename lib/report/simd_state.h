#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "lib/model/register_set.h"
#include "lib/model/sample.h"

namespace simdprof {

/// What one sample says about the SIMD state of the code it hit.
struct SimdState {
  SimdWidth widest = SimdWidth::unknown;  ///< unknown: not recorded
  std::uint16_t sve_bits = 0;             ///< of a vector of the thread, in use or not; 0: SVE was not recorded
  bool dirty_upper = false;               ///< means something only where `widest` is known
  bool mxcsr_recorded = false;
  bool ftz = false, daz = false;  ///< mean something only with mxcsr_recorded
};

/// SIMD state of the code that `sample` hit: the user set's, and of user-mode hits only. The user set of a kernel or
/// guest hit belongs to other code than the address of the sample, and a late image to another moment, so these count
/// as not recorded.
SimdState simd_state(const Sample& sample, const RegisterSets& sets);

/// Lengths that vectors of SVE can have: all multiples of 128 bits up to 2048.
inline constexpr std::size_t kSveLengths = 16;
inline constexpr unsigned kSveStepBits = 128;

/// SIMD states of many samples. Shares are of the samples that have the fact recorded, never of all.
struct SimdTally {
  std::uint64_t recorded = 0;  ///< samples whose widest state is known
  std::uint64_t none = 0, xmm = 0, ymm = 0, zmm = 0;
  std::uint64_t dirty_upper = 0;
  std::uint64_t mxcsr_recorded = 0;
  std::uint64_t ftz = 0, daz = 0;
  std::uint64_t neon = 0;
  struct Sve {
    std::uint64_t recorded = 0;  ///< samples whose thread had vectors of that length
    std::uint64_t in_use = 0;    ///< of these, with SVE state
  };
  std::array<Sve, kSveLengths> sve{};  ///< [n]: vectors of (n + 1) * kSveStepBits

  /// Over all lengths.
  [[nodiscard]] Sve all_sve() const;
  /// Of the recorded, those of arm64.
  [[nodiscard]] std::uint64_t arm64_recorded() const { return neon + all_sve().in_use; }
  void add(const SimdState& state);
  void add(const SimdTally& other);
};

}  // namespace simdprof
