#include "cmd/place_cache.h"

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
  Recent& recent = recent_[short_hash(address, kRecentBits)];
  if (recent.key == key && recent.place.count != 0) return recent.place;
  const auto [id, added] = ids_.find_or_add(key);
  if (added) {
    *id = static_cast<std::uint32_t>(places_.size());
    const bool later = needs_.kernel_later && mode == CpuMode::kernel;
    places_.push_back(later ? hold_place(pid, address) : look_up(pid, address, mode));
  }
  recent = {key, places_[*id]};
  return recent.place;
}

PlaceCache::Place PlaceCache::hold_place(Pid pid, VirtAddr address) {
  const FrameId frame = profile_.frames.add_placeholder();
  placeholders_.push_back({frame, pid, address});
  frames_.push_back(frame);
  return {static_cast<std::uint32_t>(frames_.size() - 1), 1, frame};
}

PlaceCache::Place PlaceCache::look_up(Pid pid, VirtAddr address, CpuMode mode) {
  Place place;
  place.first = static_cast<std::uint32_t>(frames_.size());
  const Location location = needs_.lines ? resolver_.locate_lines(spaces_, pid, address, mode)
                                         : resolver_.locate(spaces_, pid, address, mode);
  append_frames(location, mode, needs_.detail, profile_.texts, profile_.frames, frames_);
  place.count = static_cast<std::uint32_t>(frames_.size()) - place.first;
  place.leaf = frames_.back();
  if (filter_.needs_place()) filter_frames(place, location);
  return place;
}

void PlaceCache::settle() {
  for (const Placeholder& placeholder : placeholders_) {
    const Place place = look_up(placeholder.pid, placeholder.address, CpuMode::kernel);
    const auto frames = std::span(frames_).subspan(place.first, place.count);
    settled_.emplace(placeholder.frame, std::vector(frames.begin(), frames.end()));
  }
  placeholders_.clear();
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
