#include "cmd/dump_aux_collector.h"

#include <algorithm>

namespace simdprof::cmd {
namespace {

bool lists(const std::vector<std::uint32_t>& numbers, std::int32_t number) {
  if (numbers.empty()) return true;
  return number >= 0 && std::binary_search(numbers.begin(), numbers.end(), static_cast<std::uint32_t>(number));
}

}  // namespace

bool AuxRowFilter::accepts(const AuxPlace& place) const {
  if (!lists(cpus, place.cpu) || !lists(tids, place.tid)) return false;
  return !window || (place.time_ns != AuxPlace::kNoAuxTime && window->contains(place.time_ns));
}

bool AuxRowFilter::accepts(const AuxLoss& loss) const {
  if (!lists(cpus, loss.cpu) || (loss.tid >= 0 && !lists(tids, loss.tid))) return false;
  if (!window) return true;
  const std::uint64_t from_ns = loss.from_ns == kNoTime ? 0 : loss.from_ns;
  return from_ns <= window->end_ns && loss.to_ns >= window->begin_ns;
}

void AuxRowCollector::on_error(const AuxError& error) {
  if (!filter_.accepts(error.place)) return;
  append_aux_row(batch.bytes, layout_, row_of(error));
  batch.end_error(error);
}

}  // namespace simdprof::cmd
