#include "lib/capture/aux_snapshot.h"

#include <algorithm>

#include "lib/base/check.h"
#include "lib/base/cursor.h"

namespace simdprof {
namespace {

constexpr std::size_t kBlockBytes = 4096;

// Two blocks that differ have one hash in one case of 2^64; nobody gains from making such a case.
std::uint64_t hash_block(std::span<const std::byte> block) {
  const WordView words(block);
  std::uint64_t hash = 0xcbf29ce484222325;
  for (std::size_t i = 0; i < words.size(); ++i) {
    hash = (hash ^ words[i]) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 29U;
  }
  return hash;
}

bool all_zero(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte byte) { return byte == std::byte{0}; });
}

}  // namespace

AuxSnapshot::AuxSnapshot(std::size_t area_bytes) : area_bytes_(area_bytes) {}

// Whether something was written between the head, at `position`, and where the last snapshot ended, going forward.
bool AuxSnapshot::came_round(std::span<const std::byte> area, std::size_t position) const {
  const auto last = static_cast<std::size_t>(end_ % area_bytes_);
  if (!taken_before_) return !all_zero(area.subspan(position));
  // Whole blocks alone can be compared. A head that came round to less than a block behind the last end is taken for
  // one that did not: what is given is then the newest bytes all the same, only a few fewer.
  const std::size_t stale = position < last ? last - position : area_bytes_ - position + last;
  const std::size_t until_block = (kBlockBytes - position % kBlockBytes) % kBlockBytes;
  for (std::size_t at = until_block; at + kBlockBytes <= stale; at += kBlockBytes) {
    const std::size_t start = (position + at) % area_bytes_;
    if (hash_block(area.subspan(start, kBlockBytes)) != marks_[start / kBlockBytes]) return true;
  }
  return false;
}

void AuxSnapshot::remember(std::span<const std::byte> area) {
  marks_.resize(area_bytes_ / kBlockBytes);
  for (std::size_t i = 0; i < marks_.size(); ++i) {
    marks_[i] = hash_block(area.subspan(i * kBlockBytes, kBlockBytes));
  }
}

AuxSnapshot::Window AuxSnapshot::take(std::span<const std::byte> area, std::uint64_t head, std::size_t most) {
  SIMDPROF_ASSERT(area.size() == area_bytes_);
  head_grows_ = head_grows_ || head > area_bytes_;
  std::uint64_t end = head;
  bool round = head - end_ > area_bytes_;
  if (!head_grows_) {
    const auto position = static_cast<std::size_t>(head % area_bytes_);
    const auto last = static_cast<std::size_t>(end_ % area_bytes_);
    end = end_ + (position >= last ? position - last : area_bytes_ - last + position);
    // A full area whose head stands at its end is one that did not come round yet.
    const bool just_full = !taken_before_ && head == area_bytes_;
    if (just_full) end = area_bytes_;
    round = !just_full && came_round(area, position);
    if (round) end += area_bytes_;
    remember(area);
  }
  Window window{round ? end - area_bytes_ : end_, end};
  if (window.end - window.begin > most) window.begin = window.end - most;
  end_ = end;
  taken_before_ = true;
  return window;
}

}  // namespace simdprof
