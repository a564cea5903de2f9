#pragma once

#include <cstdint>

#include "decoders/aux/aux_decoder.h"
#include "decoders/aux/cs_tree.h"
#include "lib/model/aux_trace.h"

namespace simdprof {

/// What one trace source says, as branches, instructions and events: ranges of instructions follow each other, and
/// where one ends with a branch that was taken, it went to the start of the next.
class CsFlow {
 public:
  /// @param slice   whose bytes are decoded; its data is not looked at
  /// @param source  of all elements that will be taken
  CsFlow(const AuxSlice& slice, const CsSource& source, const abi::TimeConversion& clock, const AuxPrograms& programs,
         const AuxWanted& wanted, AuxSink& sink);

  void take(const CsElement& element);
  /// Code for the library, of the process that runs now.
  std::size_t read_code(VirtAddr address, bool kernel, std::span<std::byte> out) const;

 private:
  struct Range {
    std::uint64_t at = 0;  ///< place of the packet that told it
    VirtAddr last = 0;     ///< address of the last instruction
    std::uint32_t flags = 0;
    bool taken = false;  ///< the last instruction went elsewhere
  };
  enum class Before { nothing, gap, range };

  void take_range(const CsElement& element);
  void take_gap(const CsElement& element);
  void take_no_code(const CsElement& element);
  void take_exception(const CsElement& element);
  void take_context(const CsElement& element);
  void give_branch(std::uint64_t at, VirtAddr from, VirtAddr to, std::uint32_t flags);
  void give_instructions(const CsElement& range, std::uint32_t last_flags);
  void give_event(const CsElement& element, std::string_view name, VirtAddr ip, std::uint64_t value);
  [[nodiscard]] AuxPlace place(std::uint64_t at) const;
  [[nodiscard]] bool is_kernel(VirtAddr address) const;

  const AuxSlice& slice_;
  const CsSource& source_;
  abi::TimeConversion clock_;
  const AuxPrograms& programs_;
  AuxWanted wanted_;
  AuxSink& sink_;
  AuxPrograms::Task task_;
  std::uint64_t time_ns_ = AuxPlace::kNoAuxTime;
  Before before_ = Before::nothing;
  Range range_;
  std::uint64_t instructions_ = 0;  ///< since the branch before
  std::uint64_t cycles_ = 0;        ///< since the branch before
};

/// Size in bytes of the T32 instruction that begins with this halfword. Source: DDI 0487, F3.1.
std::uint8_t t32_size(std::uint16_t first_halfword);

}  // namespace simdprof
