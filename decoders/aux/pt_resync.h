#pragma once

#include <cstddef>
#include <optional>

#include "decoders/aux/pt_branches.h"
#include "decoders/aux/pt_place.h"
#include "decoders/aux/pt_scan.h"

namespace simdprof {

/// Finds where a flow can go on behind an error. libipt 2.0 syncs at PSB packets alone, which may be far away; as perf
/// does, the flow goes on at the next packet that tells an address. libipt is led there by a PSB packet and its header
/// that are written over the packets before, which are used up.
class PtResync {
 public:
  PtResync(PtBytes& bytes, PtScan& scan, PtPlaces& places, PtBranches& branches, AuxSink& sink)
      : bytes_(bytes), scan_(scan), places_(places), branches_(branches), sink_(sink) {}

  /// What the packet is that needed the flow which failed.
  enum class Cause { flow, begin, overflow, bad, end };
  Cause take_cause();
  /// Goes on at the packet that was just taken, which begins the trace.
  std::size_t at_begin();
  /// Goes on behind an error.
  /// @param full_ip_only  addresses that build on the last one are not to be trusted
  /// @return offset, in PtBytes::with_headroom(), of the PSB packet to sync at; nothing: the trace ends before
  std::optional<std::size_t> find(bool full_ip_only);
  /// As find(), where the event that libipt has taken, but could not reach, tells the address: PtScan::pair().
  std::optional<std::size_t> at_pair(bool full_ip_only);
  /// Tells of bytes that are no packet, at offset(), and goes on at the next PSB packet.
  std::optional<std::size_t> behind_bad();

 private:
  std::optional<std::size_t> take_ip();
  void write_header(VirtAddr ip);
  const AuxPlace& here() { return places_.at(scan_.offset(), scan_.clock().time_ns()); }

  PtBytes& bytes_;
  PtScan& scan_;
  PtPlaces& places_;
  PtBranches& branches_;
  AuxSink& sink_;
  bool have_last_ip_ = false;
};

}  // namespace simdprof
