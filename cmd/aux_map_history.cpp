#include "cmd/aux_map_history.h"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "lib/symbols/dso.h"

namespace simdprof::cmd {
namespace {

/// Forks of forks that are followed to find a mapping.
constexpr unsigned kMostGenerations = 256;

std::string hex_of(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte byte : bytes) text += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
  return text;
}

bool of_guest(const Record& record) {
  const unsigned mode = record.misc & abi::PERF_RECORD_MISC_CPUMODE_MASK;
  return mode == abi::PERF_RECORD_MISC_GUEST_KERNEL || mode == abi::PERF_RECORD_MISC_GUEST_USER;
}

}  // namespace

std::uint32_t AuxMapHistory::file_number(const MmapRecord& record) {
  File file;
  file.path = record.path;
  if (!record.build_id.empty()) {
    file.build_id = hex_of(record.build_id);
  } else if (const auto known = build_ids_.find(file.path); known != build_ids_.end()) {
    file.build_id = known->second;
  }
  const auto [place, is_new] =
      file_numbers_.try_emplace({file.path, file.build_id}, static_cast<std::uint32_t>(files_.size()));
  if (is_new) files_.push_back(std::move(file));
  return place->second;
}

void AuxMapHistory::start_space(Pid pid, std::uint64_t time_ns, std::size_t inherited) {
  of_process_[pid].push_back(spaces_.size());
  changes_[pid].push_back(time_ns);
  Space space;
  space.from_ns = time_ns;
  space.inherited = inherited;
  spaces_.push_back(std::move(space));
}

AuxMapHistory::Space& AuxMapHistory::last_space(Pid pid) {
  if (of_process_[pid].empty()) start_space(pid, 0, kNone);
  return spaces_[of_process_[pid].back()];
}

// What the new mapping covers ends there and then; what it leaves of an older one goes on.
void AuxMapHistory::insert(Space& space, const Entry& entry) {
  auto place = space.live.lower_bound(entry.start);
  if (place != space.live.begin() && std::prev(place)->second.end > entry.start) --place;
  std::vector<Entry> kept;
  while (place != space.live.end() && place->second.start < entry.end) {
    const Entry old = place->second;
    place = space.live.erase(place);
    if (old.start < entry.start) {
      kept.push_back(old);
      kept.back().end = entry.start;
    }
    if (old.end > entry.end) {
      kept.push_back(old);
      kept.back().start = entry.end;
      kept.back().file_offset += entry.end - old.start;
    }
    if (old.from_ns == entry.from_ns) continue;
    Entry ended = old;
    ended.to_ns = entry.from_ns;
    const VirtAddr start = std::max(old.start, entry.start);
    ended.file_offset += start - old.start;
    ended.start = start;
    ended.end = std::min(old.end, entry.end);
    space.entries.push_back(ended);
  }
  for (const Entry& part : kept) space.live.emplace(part.start, part);
  space.live.emplace(entry.start, entry);
}

void AuxMapHistory::observe(const Record& record, std::uint64_t time_ns) {
  if (const auto* mmap = std::get_if<MmapRecord>(&record.body)) {
    if (mmap->kernel || mmap->length == 0 || of_guest(record)) return;
    Entry entry;
    entry.start = mmap->start;
    entry.end = mmap->start + mmap->length;
    if (entry.end < entry.start) entry.end = ~VirtAddr{0};
    entry.from_ns = time_ns;
    entry.file_offset = mmap->file_offset;
    entry.file = file_number(*mmap);
    Space& space = last_space(mmap->pid);
    if (map_kind(mmap->path) == MapKind::vdso) {
      for (const auto& [start, mapped] : space.live) files_[mapped.file].before_vdso = true;
    }
    insert(space, entry);
    changes_[mmap->pid].push_back(time_ns);
  } else if (const auto* comm = std::get_if<CommRecord>(&record.body)) {
    if (comm->exec) start_space(comm->pid, time_ns, kNone);
  } else if (const auto* fork = std::get_if<ForkRecord>(&record.body)) {
    if (fork->pid == fork->parent_pid) return;
    const auto parent = of_process_.find(fork->parent_pid);
    start_space(fork->pid, time_ns, parent == of_process_.end() ? kNone : parent->second.back());
  } else if (const auto* id = std::get_if<BuildIdRecord>(&record.body)) {
    if (!id->id.empty()) build_ids_[std::string(id->path)] = hex_of(id->id);
  }
}

void AuxMapHistory::finish() {
  for (Space& space : spaces_) {
    for (const auto& [start, entry] : space.live) space.entries.push_back(entry);
    space.live.clear();
    std::sort(space.entries.begin(), space.entries.end(), [](const Entry& left, const Entry& right) {
      return std::pair(left.start, left.from_ns) < std::pair(right.start, right.from_ns);
    });
    VirtAddr furthest = 0;
    for (const Entry& entry : space.entries) {
      furthest = std::max(furthest, entry.end);
      space.furthest_end.push_back(furthest);
    }
  }
}

std::uint64_t AuxMapHistory::next_change(Pid pid, std::uint64_t time_ns) const {
  const auto found = changes_.find(pid);
  if (found == changes_.end()) return ~std::uint64_t{0};
  const auto next = std::upper_bound(found->second.begin(), found->second.end(), time_ns);
  return next == found->second.end() ? ~std::uint64_t{0} : *next;
}

/// @param later  take the first that was mapped after `time_ns`, not the one that was mapped then
const AuxMapHistory::Entry* AuxMapHistory::find_in(const Space& space, VirtAddr address, std::uint64_t time_ns,
                                                   bool later) const {
  const auto after = std::partition_point(space.entries.begin(), space.entries.end(),
                                          [address](const Entry& entry) { return entry.start <= address; });
  const Entry* best = nullptr;
  for (auto i = static_cast<std::size_t>(after - space.entries.begin()); i-- > 0;) {
    if (space.furthest_end[i] <= address) break;
    const Entry& entry = space.entries[i];
    if (address >= entry.end) continue;
    if (!later && entry.from_ns <= time_ns && time_ns <= entry.to_ns) {
      // At the very time of a change both hold; the new one is meant.
      if (best == nullptr || entry.from_ns > best->from_ns) best = &entry;
    }
    if (later && entry.from_ns > time_ns && (best == nullptr || entry.from_ns < best->from_ns)) best = &entry;
  }
  return best;
}

const AuxMapHistory::Entry* AuxMapHistory::find_inherited(std::size_t space, VirtAddr address,
                                                          std::uint64_t time_ns) const {
  for (unsigned i = 0; i < kMostGenerations && space != kNone; ++i) {
    if (const Entry* entry = find_in(spaces_[space], address, time_ns, false)) return entry;
    time_ns = std::min(time_ns, spaces_[space].from_ns);
    space = spaces_[space].inherited;
  }
  return nullptr;
}

const AuxMapHistory::Entry* AuxMapHistory::find(Pid pid, VirtAddr address, std::uint64_t time_ns) const {
  const auto process = of_process_.find(pid);
  if (process == of_process_.end()) return nullptr;
  const std::vector<std::size_t>& spaces = process->second;
  const auto after = std::partition_point(spaces.begin(), spaces.end(),
                                          [&](std::size_t space) { return spaces_[space].from_ns <= time_ns; });
  if (after != spaces.begin()) {
    if (const Entry* entry = find_inherited(*std::prev(after), address, time_ns)) return entry;
    if (const Entry* entry = find_in(spaces_[*std::prev(after)], address, time_ns, true)) return entry;
  }
  return after == spaces.end() ? nullptr : find_in(spaces_[*after], address, time_ns, true);
}

}  // namespace simdprof::cmd
