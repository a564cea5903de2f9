#pragma once

#include "lib/model/aux_trace.h"

namespace simdprof {

/// Says where and when in a trace something stands, and who ran there.
class PtPlaces {
 public:
  PtPlaces(const AuxPrograms& programs, const AuxSlice& slice, std::uint64_t offset);

  /// @param offset  in the bytes that the decoder works on
  const AuxPlace& at(std::uint64_t offset, std::uint64_t time_ns);
  [[nodiscard]] const AuxPlace& last() const { return place_; }

 private:
  const AuxPrograms& programs_;
  Tid slice_tid_;
  std::uint64_t base_;
  bool asked_ = false;
  AuxPlace place_;
};

}  // namespace simdprof
