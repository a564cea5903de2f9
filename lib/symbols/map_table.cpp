#include "lib/symbols/map_table.h"

#include <algorithm>

namespace simdprof {
namespace {

Mapping head_of(const Mapping& mapping, VirtAddr end) {
  Mapping head = mapping;
  head.end = end;
  return head;
}

Mapping tail_of(const Mapping& mapping, VirtAddr start) {
  Mapping tail = mapping;
  tail.start = start;
  tail.file_offset += start - mapping.start;
  return tail;
}

}  // namespace

std::size_t MapTable::first_ending_after(VirtAddr address) const {
  const auto place =
      std::partition_point(maps_.begin(), maps_.end(), [&](const Mapping& mapping) { return mapping.end <= address; });
  return static_cast<std::size_t>(place - maps_.begin());
}

void MapTable::erase(VirtAddr start, VirtAddr end) {
  if (start >= end) return;
  const std::size_t first = first_ending_after(start);
  std::size_t last = first;
  std::vector<Mapping> kept;  // at most the head of the first and the tail of the last
  for (; last < maps_.size() && maps_[last].start < end; ++last) {
    if (maps_[last].start < start) kept.push_back(head_of(maps_[last], start));
    if (maps_[last].end > end) kept.push_back(tail_of(maps_[last], end));
  }
  const auto begin = maps_.begin();
  const auto at = maps_.erase(begin + static_cast<std::ptrdiff_t>(first), begin + static_cast<std::ptrdiff_t>(last));
  maps_.insert(at, kept.begin(), kept.end());
}

void MapTable::insert(const Mapping& mapping) {
  if (mapping.start >= mapping.end) return;
  erase(mapping.start, mapping.end);
  const std::size_t place = first_ending_after(mapping.start);
  maps_.insert(maps_.begin() + static_cast<std::ptrdiff_t>(place), mapping);
}

const Mapping* MapTable::find(VirtAddr address) const {
  const std::size_t place = first_ending_after(address);
  if (place == maps_.size() || address < maps_[place].start) return nullptr;
  return &maps_[place];
}

}  // namespace simdprof
