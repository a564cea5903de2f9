#pragma once

#include <cstdint>

#include "decoders/aux/pt_setup.h"

namespace simdprof {

/// Time in a trace, from its timing packets. libipt's own clock is reset at every sync point and cannot be read between
/// packets; this one goes on, so that the packets and the flow of a trace have the same times.
/// Source: Intel SDM volume 3, "Tracing and Timing", and what perf does where it leaves a choice.
class PtClock {
 public:
  explicit PtClock(const PtSetup& setup);

  /// Takes a timing packet; others are ignored.
  void apply(const pt_packet& packet);
  /// In the recording's clock; AuxPlace::kNoAuxTime before the first TSC packet, or without the conversion.
  [[nodiscard]] std::uint64_t time_ns() const { return time_ns_; }
  /// Ticks of the time stamp counter; 0 before the first TSC packet.
  [[nodiscard]] std::uint64_t tsc() const { return tsc_; }

 private:
  void apply_tsc(std::uint64_t tsc);
  void apply_tma(std::uint32_t ctc, std::uint32_t fast_counter);
  void apply_mtc(std::uint32_t ctc);
  void apply_cycles(std::uint64_t cycles);
  void move_to(std::uint64_t tsc);
  [[nodiscard]] std::uint64_t crystal_to_tsc(std::uint64_t ticks) const;

  PtSetup setup_;
  bool started_ = false;
  bool aligned_ = false;             ///< a TMA packet came since the last TSC packet
  bool first_mtc_ = false;           ///< none came since the TMA packet
  std::uint64_t tsc_ = 0;            ///< now
  std::uint64_t base_tsc_ = 0;       ///< of the last TSC packet
  std::uint64_t crystal_tsc_ = 0;    ///< when the crystal ticks that are counted began
  std::uint64_t crystal_ticks_ = 0;  ///< since then
  std::uint32_t last_mtc_ = 0;
  std::uint64_t cycle_tsc_ = 0;  ///< when the cycles that are counted began
  std::uint64_t cycles_ = 0;     ///< since then
  std::uint8_t bus_ratio_ = 0;   ///< core:bus ratio of the last CBR packet
  std::uint64_t time_ns_ = AuxPlace::kNoAuxTime;
};

}  // namespace simdprof
