#include "cmd/place_cache.h"

namespace simdprof::cmd {

std::span<const FrameId> PlaceCache::frames(Pid pid, VirtAddr address, CpuMode mode) {
  const auto [owner, generation] = generations_.version(pid, mode);
  const Key key{address, owner, generation, mode};
  const auto [id, added] = ids_.find_or_add(key);
  if (added) {
    *id = static_cast<std::uint32_t>(places_.size());
    places_.push_back(look_up(pid, address, mode));
  }
  const Place& place = places_[*id];
  return std::span(frames_).subspan(place.first, place.count);
}

PlaceCache::Place PlaceCache::look_up(Pid pid, VirtAddr address, CpuMode mode) {
  const Location location = needs_.lines ? resolver_.locate_lines(spaces_, pid, address, mode)
                                         : resolver_.locate(spaces_, pid, address, mode);
  Place place;
  place.first = static_cast<std::uint32_t>(frames_.size());
  append_frames(location, mode, needs_.detail, profile_.texts, profile_.frames, frames_);
  place.count = static_cast<std::uint32_t>(frames_.size()) - place.first;
  if (filter_.needs_place()) filter_frames(place, location);
  return place;
}

void PlaceCache::filter_frames(const Place& place, const Location& location) {
  wanted_.resize(profile_.frames.size());
  for (const FrameId id : std::span(frames_).subspan(place.first, place.count)) {
    Location inner = location;  // an inlined function has its own name in the same file
    inner.symbol = profile_.texts.text(profile_.frames.at(id).symbol);
    if (filter_.accepts_place(inner)) wanted_[id] = true;
  }
}

}  // namespace simdprof::cmd
