#include "lib/report/simd_state.h"

namespace simdprof {

SimdState simd_state(const Sample& sample, const RegisterSets& sets) {
  SimdState state;
  if (sample.mode != CpuMode::user || sets.image_late) return state;
  state.widest = widest_in_use(sets.user);
  // Lengths are multiples of 16 bytes up to 256: decoders/registers refuses others.
  if (sets.user.arm64.predicates == Presence::valid || sets.user.arm64.predicates == Presence::init) {
    state.sve_bits = static_cast<std::uint16_t>(sets.user.arm64.vector_bytes * 8);
  }
  state.dirty_upper = dirty_upper(sets.user).value_or(false);
  // A component in INIT state has its architectural value, and that is as good as a stored one.
  state.mxcsr_recorded = sets.user.mxcsr_presence == Presence::valid || sets.user.mxcsr_presence == Presence::init;
  if (state.mxcsr_recorded && sets.user.mxcsr_presence == Presence::valid) {
    state.ftz = (sets.user.mxcsr & kMxcsrFtz) != 0;
    state.daz = (sets.user.mxcsr & kMxcsrDaz) != 0;
  }
  return state;
}

void SimdTally::add(const SimdState& state) {
  switch (state.widest) {
    case SimdWidth::unknown: break;
    case SimdWidth::none: ++none; break;
    case SimdWidth::xmm: ++xmm; break;
    case SimdWidth::ymm: ++ymm; break;
    case SimdWidth::zmm: ++zmm; break;
    case SimdWidth::neon: ++neon; break;
    case SimdWidth::sve: break;
  }
  if (state.sve_bits >= kSveStepBits) {
    Sve& length = sve[(state.sve_bits / kSveStepBits - 1) % kSveLengths];
    ++length.recorded;
    if (is_sve(state.widest)) ++length.in_use;
  }
  if (state.widest != SimdWidth::unknown) {
    ++recorded;
    dirty_upper += state.dirty_upper ? 1 : 0;
  }
  if (state.mxcsr_recorded) {
    ++mxcsr_recorded;
    ftz += state.ftz ? 1 : 0;
    daz += state.daz ? 1 : 0;
  }
}

void SimdTally::add(const SimdTally& other) {
  recorded += other.recorded;
  none += other.none;
  xmm += other.xmm;
  ymm += other.ymm;
  zmm += other.zmm;
  dirty_upper += other.dirty_upper;
  mxcsr_recorded += other.mxcsr_recorded;
  ftz += other.ftz;
  daz += other.daz;
  neon += other.neon;
  for (std::size_t length = 0; length < sve.size(); ++length) {
    sve[length].recorded += other.sve[length].recorded;
    sve[length].in_use += other.sve[length].in_use;
  }
}

SimdTally::Sve SimdTally::all_sve() const {
  Sve all;
  for (const Sve& length : sve) {
    all.recorded += length.recorded;
    all.in_use += length.in_use;
  }
  return all;
}

}  // namespace simdprof
