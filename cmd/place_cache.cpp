#include "cmd/place_cache.h"

#include <utility>

namespace simdprof::cmd {

void PlaceCache::observe(const Record& record) {
  if (!placeholders_.empty() && MapGenerations::changes_kernel(record)) settle();
  generations_.observe(record);
}

std::span<const FrameId> PlaceCache::frames(Pid pid, VirtAddr address, CpuMode mode) {
  const Place place = find(pid, address, mode);
  return std::span(frames_).subspan(place.first, place.count);
}

PlaceCache::Place PlaceCache::find(Pid pid, VirtAddr address, CpuMode mode) {
  const auto [owner, generation] = generations_.version(pid, mode);
  const Key key{address, owner, generation, mode};
  Recent& recent = recent_[(address * 0x9e3779b97f4a7c15) >> (64U - kRecentBits)];
  if (recent.key == key && recent.place.count != 0) return recent.place;
  const auto [id, added] = ids_.find_or_add(key);
  if (added) {
    *id = static_cast<std::uint32_t>(places_.size());
    places_.push_back(look_up(pid, address, mode));
  }
  recent = {key, places_[*id]};
  return recent.place;
}

PlaceCache::Place PlaceCache::look_up(Pid pid, VirtAddr address, CpuMode mode) {
  Place place;
  place.first = static_cast<std::uint32_t>(frames_.size());
  if (needs_.kernel_later && mode == CpuMode::kernel) {
    place.count = 1;
    place.leaf = profile_.frames.add_placeholder();
    frames_.push_back(place.leaf);
    placeholders_.push_back({place.leaf, pid, address});
    return place;
  }
  const Location location = needs_.lines ? resolver_.locate_lines(spaces_, pid, address, mode)
                                         : resolver_.locate(spaces_, pid, address, mode);
  append_frames(location, mode, needs_.detail, profile_.texts, profile_.frames, frames_);
  place.count = static_cast<std::uint32_t>(frames_.size()) - place.first;
  place.leaf = frames_.back();
  if (filter_.needs_place()) filter_frames(place, location);
  return place;
}

void PlaceCache::settle() {
  const bool later = std::exchange(needs_.kernel_later, false);
  for (const Placeholder& placeholder : placeholders_) {
    const Place place = look_up(placeholder.pid, placeholder.address, CpuMode::kernel);
    const auto frames = std::span(frames_).subspan(place.first, place.count);
    settled_.emplace(placeholder.frame, std::vector(frames.begin(), frames.end()));
  }
  placeholders_.clear();
  needs_.kernel_later = later;
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
