#include "cmd/aux_path.h"

#include <utility>

namespace simdprof::cmd {

Result<std::unique_ptr<AuxPath>> AuxPath::open(Session& session, const SymbolOptions& symbols, std::size_t length) {
  std::unique_ptr<AuxPath> path(new AuxPath(session, symbols, length));
  ItraceOptions branches;
  branches.branches = true;
  auto hits = AuxHits::open(path->recording_, branches);
  if (!hits) return fail(with_input(hits.error(), session.input().name()));
  path->hits_ = *std::move(hits);
  return path;
}

void AuxPath::follow(std::uint64_t time_ns) {
  for (const AuxHits::Item* item = hits_->front(); item != nullptr && item->time_ns <= time_ns;
       hits_->pop(), item = hits_->front()) {
    if (item->hit.kind != AuxHit::Kind::branch) continue;
    std::deque<AuxHit>& track = tracks_[{item->hit.place.cpu, item->hit.place.tid}];
    if (track.size() == length_) track.pop_front();
    track.push_back(item->hit);
    track.back().place.time_ns = item->time_ns;
  }
}

const std::vector<AuxHit>& AuxPath::before(const Sample& sample) {
  path_.clear();
  if (!sample.has(abi::PERF_SAMPLE_TIME)) return path_;
  follow(sample.time_ns);
  const std::int32_t cpu = sample.has(abi::PERF_SAMPLE_CPU) ? static_cast<std::int32_t>(sample.cpu) : -1;
  const Tid tid = sample.has(abi::PERF_SAMPLE_TID) ? sample.tid : -1;
  // Traces that do not know their thread, or know it alone, have a track without the other.
  for (const Track& key : {Track{cpu, tid}, Track{-1, tid}, Track{cpu, -1}}) {
    const auto track = tracks_.find(key);
    if (track == tracks_.end()) continue;
    path_.assign(track->second.begin(), track->second.end());
    break;
  }
  return path_;
}

}  // namespace simdprof::cmd
