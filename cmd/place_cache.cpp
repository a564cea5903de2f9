#include "cmd/place_cache.h"

#include <optional>
#include <variant>

namespace simdprof::cmd {
namespace {

constexpr Pid kKernelPid = -1;  // as the kernel's own mappings have it

/// The process whose mappings a record changes.
std::optional<Pid> changed_process(const Record& record) {
  if (const auto* mmap = std::get_if<MmapRecord>(&record.body)) return mmap->kernel ? kKernelPid : mmap->pid;
  if (const auto* comm = std::get_if<CommRecord>(&record.body); comm != nullptr && comm->exec) return comm->pid;
  if (const auto* fork = std::get_if<ForkRecord>(&record.body); fork != nullptr && fork->pid != fork->parent_pid) {
    return fork->pid;
  }
  if (const auto* exit = std::get_if<ExitRecord>(&record.body); exit != nullptr && exit->pid == exit->tid) {
    return exit->pid;
  }
  if (std::holds_alternative<KsymbolRecord>(record.body)) return kKernelPid;
  return std::nullopt;
}

}  // namespace

void PlaceCache::observe(const Record& record) {
  if (const auto pid = changed_process(record)) ++generations_[*pid];
}

std::span<const FrameId> PlaceCache::frames(Pid pid, VirtAddr address, CpuMode mode) {
  const Pid owner = mode == CpuMode::kernel ? kKernelPid : pid;
  const auto generation = generations_.find(owner);
  const Key key{address, owner, generation == generations_.end() ? 0 : generation->second, mode};
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
