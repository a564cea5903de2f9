#include "decoders/aux/pt_place.h"

namespace simdprof {

PtPlaces::PtPlaces(const AuxPrograms& programs, const AuxSlice& slice, std::uint64_t offset)
    : programs_(programs), slice_tid_(slice.tid), base_(slice.offset + offset) {
  place_.index = slice.index;
  place_.cpu = slice.cpu;
}

const AuxPlace& PtPlaces::at(std::uint64_t offset, std::uint64_t time_ns) {
  place_.offset = base_ + offset;
  if (time_ns != place_.time_ns || !asked_) {
    asked_ = true;
    place_.time_ns = time_ns;
    const AuxPrograms::Task task = programs_.task(place_.cpu, slice_tid_, time_ns);
    place_.pid = task.pid;
    place_.tid = task.tid;
  }
  return place_;
}

}  // namespace simdprof
