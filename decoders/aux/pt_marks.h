#pragma once

#include <intel-pt.h>
#include <cstdint>
#include <optional>
#include <vector>

#include "decoders/aux/aux_decoder.h"
#include "decoders/aux/pt_place.h"
#include "decoders/aux/pt_scan.h"
#include "decoders/aux/pt_setup.h"

namespace simdprof {

/// Finds the packets beside the flow that perf makes samples of. They are read as packets: libipt's events leave out
/// what is in a PSB header, whether a PTWRITE packet told its address, and one of the wake reasons.
/// Source: Intel SDM volume 3, "Intel Processor Trace", the packets' definitions; which address belongs to a packet
/// that tells none: perf's util/intel-pt-decoder/intel-pt-decoder.c.
class PtMarks {
 public:
  PtMarks(const PtSetup& setup, const PtPlaces& places, AuxSink& sink);

  /// Takes the packet that `scan` is at.
  void take(const PtScan& scan);
  /// The flow is at `ip`, which has not run yet (0: nobody knows where). Where the packets before do not tell an
  /// address, a mark is of where the flow stands.
  void stands(VirtAddr ip);
  /// It went on from there: the marks that come are of where it stands next.
  void leaves() { standing_ = false; }
  /// No packet follows.
  void end();

 private:
  using Kind = AuxMarkFacts::Kind;
  struct Waiting {
    AuxMark mark;
    bool placed = false;  ///< its address is known
  };

  void follow(const PtScan& scan);
  void take_header(const PtScan& scan);
  void take_fup(const PtScan& scan);
  void take_mark(const PtScan& scan, Kind kind);
  void release();
  void give_header(const PtScan& scan);
  void give(const AuxMark& mark, bool placed);
  [[nodiscard]] bool waits_for_fup(const PtScan& scan, Kind kind) const;
  [[nodiscard]] AuxMark make(const PtScan& scan, Kind kind);

  AuxSink& sink_;
  PtPlaces places_;
  std::uint32_t bus_khz_ = 0;
  std::uint8_t nominal_ratio_ = 0;
  std::optional<VirtAddr> told_ip_;  ///< by the last packet of the flow
  VirtAddr ip_ = 0;                  ///< of the flow
  bool standing_ = true;
  std::vector<Waiting> waiting_;  ///< for the flow to stand
  std::vector<AuxMark> for_fup_;  ///< the FUP packet that follows tells their address
  bool mwait_waits_ = false;      ///< one of them is of an MWAIT packet
  std::vector<AuxMark> header_;   ///< of the PSB header at hand: PSB, and its core:bus ratio
  VirtAddr header_ip_ = 0;        ///< 0: tracing is off there
};

}  // namespace simdprof
