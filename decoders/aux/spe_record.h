#pragma once

#include <cstdint>

#include "decoders/aux/spe_packet.h"
#include "lib/model/aux_trace.h"

namespace simdprof {

/// Takes the packets of one record, in any order.
class SpeRecord {
 public:
  /// @return true when the packet ends the record
  bool add(const SpePacket& packet, const abi::TimeConversion& clock);
  /// A packet with content was added since the record began.
  [[nodiscard]] bool begun() const { return begun_; }
  /// The sampled operation. Its place has a time and a thread where the record tells them.
  [[nodiscard]] const AuxMemory& memory() const { return memory_; }
  /// The operation was a branch, taken, and its target is known.
  [[nodiscard]] bool is_taken_branch() const;
  [[nodiscard]] AuxBranch branch() const;

 private:
  void add_address(const SpePacket& packet);
  void add_counter(const SpePacket& packet);

  AuxMemory memory_;
  bool begun_ = false;
  bool branch_ = false;
  std::uint64_t operation_ = 0;  ///< payload of the operation packet
};

/// An instruction's address as programs have it: the top byte, which the packet uses for other things, is that of the
/// kernel's half where the exception level says so. Source: DDI 0487, D17.2.1 "Address packet".
VirtAddr spe_code_address(std::uint64_t payload);
/// A data address: the top byte is a tag; the kernel's half is known by bits 55:52.
VirtAddr spe_data_address(std::uint64_t payload);

}  // namespace simdprof
