#include "decoders/aux/pt_clock.h"

namespace simdprof {
namespace {

constexpr unsigned kTmaCtcBits = 16;  // of the crystal clock that a TMA packet holds
constexpr unsigned kMtcBits = 8;
constexpr std::uint32_t kMtcMask = (1U << kMtcBits) - 1;

}  // namespace

PtClock::PtClock(const PtSetup& setup) : setup_(setup) {}

void PtClock::apply(const pt_packet& packet) {
  switch (packet.type) {
    case ppt_tsc: apply_tsc(packet.payload.tsc.tsc); return;
    case ppt_tma: apply_tma(packet.payload.tma.ctc, packet.payload.tma.fc); return;
    case ppt_mtc: apply_mtc(packet.payload.mtc.ctc); return;
    case ppt_cyc: apply_cycles(packet.payload.cyc.value); return;
    case ppt_cbr: bus_ratio_ = packet.payload.cbr.ratio; return;
    case ppt_ovf:
    case ppt_stop: aligned_ = false; return;
    default: return;
  }
}

std::uint64_t PtClock::crystal_to_tsc(std::uint64_t ticks) const {
  return ticks / setup_.ctc_ratio * setup_.tsc_ctc_ratio +
         ticks % setup_.ctc_ratio * setup_.tsc_ctc_ratio / setup_.ctc_ratio;
}

/// Time never runs backwards: what comes late is of the moment that is known already.
void PtClock::move_to(std::uint64_t tsc) {
  if (tsc <= tsc_ && started_) return;
  tsc_ = tsc;
  time_ns_ = setup_.time.to_ns(tsc).value_or(AuxPlace::kNoAuxTime);
}

void PtClock::apply_tsc(std::uint64_t tsc) {
  base_tsc_ = tsc;
  aligned_ = false;
  move_to(tsc);
  started_ = true;
  cycle_tsc_ = tsc_;
  cycles_ = 0;
}

void PtClock::apply_tma(std::uint32_t ctc, std::uint32_t fast_counter) {
  if (!started_ || setup_.ctc_ratio == 0) return;
  const std::uint32_t below_mtc = ctc & ((1U << setup_.mtc_freq) - 1);
  crystal_tsc_ = base_tsc_ - fast_counter - crystal_to_tsc(below_mtc);
  crystal_ticks_ = 0;
  last_mtc_ = (ctc >> setup_.mtc_freq) & kMtcMask;
  aligned_ = true;
  first_mtc_ = true;
}

void PtClock::apply_mtc(std::uint32_t ctc) {
  if (!aligned_) return;
  if (first_mtc_ && setup_.mtc_freq + kMtcBits > kTmaCtcBits) {
    // A TMA packet has only the low bits of what MTC packets count; the high ones are those of this packet, or one
    // less.
    const std::uint32_t missing = 1U << (kTmaCtcBits - setup_.mtc_freq);
    last_mtc_ |= ctc & ~(missing - 1);
    if (last_mtc_ >= ctc) last_mtc_ = (last_mtc_ - missing) & kMtcMask;
  }
  first_mtc_ = false;
  // The same count again is a whole round, for an MTC packet stands for a change.
  const std::uint32_t steps = ctc > last_mtc_ ? ctc - last_mtc_ : ctc + kMtcMask + 1 - last_mtc_;
  crystal_ticks_ += std::uint64_t{steps} << setup_.mtc_freq;
  last_mtc_ = ctc;
  move_to(crystal_tsc_ + crystal_to_tsc(crystal_ticks_));
  cycle_tsc_ = tsc_;
  cycles_ = 0;
}

void PtClock::apply_cycles(std::uint64_t cycles) {
  cycles_ += cycles;
  if (!started_ || bus_ratio_ == 0 || setup_.nominal_ratio == 0) return;
  if (cycles_ > std::uint64_t{1} << 40)
    cycles_ = std::uint64_t{1} << 40;  // minutes: no trace without a TSC for so long
  move_to(cycle_tsc_ + cycles_ * setup_.nominal_ratio / bus_ratio_);
}

}  // namespace simdprof
