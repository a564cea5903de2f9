#pragma once

#include <intel-pt.h>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "decoders/aux/pt_clock.h"
#include "decoders/aux/pt_setup.h"
#include "lib/base/units.h"

namespace simdprof {

/// A copy of trace bytes: libipt wants bytes that may be written, and the flow needs room in front of them.
class PtBytes {
 public:
  static constexpr std::size_t kHeadroom = 64;

  explicit PtBytes(std::span<const std::byte> trace);
  [[nodiscard]] std::span<std::uint8_t> trace() { return std::span(bytes_).subspan(kHeadroom); }
  [[nodiscard]] std::span<std::uint8_t> with_headroom() { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
};

/// Where the first PSB packet at or behind `from` starts, or bytes.size(). Where a packet before ends in bytes that
/// look like a PSB packet, the last place that fits is the packet.
std::size_t find_psb(std::span<const std::byte> bytes, std::size_t from);

/// A FUP packet and the TIP packet that belongs to it: what libipt takes at once, as one event.
struct PtPair {
  enum class State { none, fup, complete };
  State state = State::none;
  bool ends = false;        ///< TIP.PGD
  bool carries_ip = false;  ///< of the TIP packet
  bool full_ip = false;
};

/// Walks the packets of a trace once, front to back, and keeps what they change: last IP, execution mode, time.
class PtScan {
 public:
  enum class Step { packet, end, bad };

  /// @param trace  starts at a packet; must live as long as the scan
  PtScan(const PtSetup& setup, std::span<std::uint8_t> trace);

  /// Takes the next packet. After `bad`, only seek() goes on; `end` also when the last packet is cut off.
  Step next();
  /// Takes the packets that start before `offset`.
  void advance_to(std::size_t offset);
  /// What to call with each packet when it was taken.
  void tell(std::function<void()> taken) { taken_ = std::move(taken); }
  /// Goes on at a PSB packet behind what was taken.
  void seek(std::size_t offset);

  [[nodiscard]] const pt_packet& packet() const { return packet_; }
  [[nodiscard]] std::span<const std::uint8_t> raw() const { return trace_.subspan(offset_, end_ - offset_); }
  [[nodiscard]] std::size_t offset() const { return offset_; }         ///< of the packet, or of what is no packet
  [[nodiscard]] std::size_t end_offset() const { return end_; }        ///< behind the packet
  [[nodiscard]] pt_error_code error() const { return error_; }         ///< why the step was bad
  [[nodiscard]] bool in_header() const { return in_header_; }          ///< between PSB and PSBEND
  [[nodiscard]] bool carries_ip() const { return carries_ip_; }        ///< the packet has an IP payload, not suppressed
  [[nodiscard]] bool full_ip() const { return full_ip_; }              ///< and needs no IP from before
  [[nodiscard]] VirtAddr ip() const { return ip_; }                    ///< last IP
  [[nodiscard]] std::uint8_t exec_mode() const { return exec_mode_; }  ///< payload of the last MODE.Exec
  [[nodiscard]] std::uint8_t tsx_mode() const { return tsx_mode_; }    ///< payload of the last MODE.TSX
  [[nodiscard]] bool guest() const { return guest_; }                  ///< the last PIP was of a virtual machine
  [[nodiscard]] const PtClock& clock() const { return clock_; }
  /// The pair that the last packets are, but for those of time and context.
  [[nodiscard]] const PtPair& pair() const { return pair_; }
  void forget_pair() { pair_ = {}; }
  /// The last packet that is not of time alone: libipt reads on over those that follow.
  [[nodiscard]] std::size_t flow_offset() const { return flow_offset_; }
  [[nodiscard]] std::uint64_t flow_time_ns() const { return flow_time_ns_; }
  /// Core cycles of all CYC packets up to there; 0: none was met.
  [[nodiscard]] std::uint64_t flow_cycles() const { return flow_cycles_; }
  /// Those up to the last TIP.PGE and the last TIP.PGD: libipt reads on to the next of them before it tells of one.
  [[nodiscard]] std::uint64_t begin_cycles() const { return begin_cycles_; }
  [[nodiscard]] std::uint64_t end_cycles() const { return end_cycles_; }

 private:
  void apply();
  [[nodiscard]] bool overflow_cuts_cycles() const;
  void apply_ip(const pt_packet_ip& ip);
  void apply_pair();

  struct Free {
    void operator()(pt_packet_decoder* decoder) const { pt_pkt_free_decoder(decoder); }
  };

  std::span<std::uint8_t> trace_;
  std::unique_ptr<pt_packet_decoder, Free> decoder_;
  pt_packet packet_{};
  PtClock clock_;
  std::size_t offset_ = 0;
  std::size_t end_ = 0;
  std::size_t flow_offset_ = 0;
  std::uint64_t flow_time_ns_ = AuxPlace::kNoAuxTime;
  std::uint64_t cycles_ = 0;
  std::uint64_t flow_cycles_ = 0;
  std::uint64_t begin_cycles_ = 0;
  std::uint64_t end_cycles_ = 0;
  pt_error_code error_ = pte_ok;
  bool skd007_ = false;
  bool in_header_ = false;
  bool carries_ip_ = false;
  bool full_ip_ = false;
  bool guest_ = false;
  VirtAddr ip_ = 0;
  PtPair pair_;
  std::function<void()> taken_;
  std::uint8_t exec_mode_ = 0x01;  // 64 bit until a packet says otherwise
  std::uint8_t tsx_mode_ = 0x20;
};

}  // namespace simdprof
