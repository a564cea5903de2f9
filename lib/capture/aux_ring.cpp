#include "lib/capture/aux_ring.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <utility>

#include "lib/abi/perf_event.h"
#include "lib/base/check.h"

namespace simdprof {

Result<AuxRing> AuxRing::map(int event_fd, const Ring& ring, std::size_t pages, Mode mode) {
  SIMDPROF_ASSERT(std::has_single_bit(pages));
  const std::size_t bytes = pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  // The kernel learns from these two words what the mapping below is to be.
  const std::uint64_t offset = ring.mapped_bytes();
  ring.control().store_word(abi::kMmapAuxOffset, offset);
  ring.control().store_word(abi::kMmapAuxSize, bytes);
  const int protection = mode == Mode::full_trace ? PROT_READ | PROT_WRITE : PROT_READ;
  AuxRing aux;
  const int error = Mapping::map(event_fd, bytes, protection, offset, aux.area_);
  if (error == EOPNOTSUPP) return fail(Errc::unsupported, "this PMU has no AUX area");
  if (error != 0) {
    auto refused = fail_errno(error, fmt::format("cannot map an AUX area of {} KiB", bytes / 1024));
    if (error == EPERM || error == ENOMEM) refused.value().code = Errc::limit;
    return refused;
  }
  aux.control_ = ring.control();
  return aux;
}

AuxRing AuxRing::over_memory(std::byte* control_page, std::span<std::byte> area, CounterAccess access) {
  SIMDPROF_ASSERT(std::has_single_bit(area.size()));
  AuxRing aux;
  aux.control_ = ControlPage(control_page, access);
  aux.area_ = Mapping::borrow(area.data(), area.size());
  return aux;
}

std::uint64_t AuxRing::load_head() const { return control_.load_head(abi::kMmapAuxHead); }

AuxRun AuxRing::run(std::uint64_t begin, std::uint64_t end) const {
  const auto size = static_cast<std::size_t>(end - begin);
  SIMDPROF_ASSERT(size <= area_.bytes());
  const auto start = static_cast<std::size_t>(begin & (area_.bytes() - 1));
  const std::size_t first = std::min(size, area_.bytes() - start);
  return {begin, 0, {area().subspan(start, first), area().first(size - first)}};
}

AuxRun AuxRing::pending() const {
  const std::uint64_t head = load_head();
  const std::uint64_t tail = control_.load_tail(abi::kMmapAuxTail);
  if (head - tail <= area_.bytes()) return run(tail, head);
  return {head, head - tail, {}};
}

Status AuxRing::may_release(const AuxRun& run) const { return control_.may_store_whole_tail(run.offset + run.size()); }

Status AuxRing::release(const AuxRun& run) const {
  return control_.store_whole_tail(abi::kMmapAuxTail, run.offset + run.size());
}

}  // namespace simdprof
