#include "cmd/aux_reading.h"

#include <algorithm>
#include <utility>

namespace simdprof::cmd {
namespace {

constexpr std::size_t kJobBytes = std::size_t{64} << 10U;  ///< small segments are decoded several at once
constexpr std::size_t kJobsPerThread = 2;

}  // namespace

void AuxBatch::end_error(const AuxError& error) {
  end_entry(error.place.time_ns);
  entries.back().error = kAnyError;
  if (error.file.empty()) return;
  const auto known = std::find(missing_files.begin(), missing_files.end(), error.file);
  entries.back().error = static_cast<std::int32_t>(known - missing_files.begin());
  if (known == missing_files.end()) missing_files.emplace_back(error.file);
}

void settle_times(AuxBatch& batch, std::uint64_t last_ns, std::uint64_t slice_ns) {
  const auto timed = std::find_if(batch.entries.begin(), batch.entries.end(),
                                  [](const AuxBatch::Entry& entry) { return entry.time_ns != AuxPlace::kNoAuxTime; });
  std::uint64_t now = std::max(last_ns, timed == batch.entries.end() ? slice_ns : timed->time_ns);
  for (AuxBatch::Entry& entry : batch.entries) {
    if (entry.time_ns != AuxPlace::kNoAuxTime) now = std::max(now, entry.time_ns);
    entry.time_ns = now;
  }
}

AuxReading::AuxReading(std::vector<std::unique_ptr<AuxSliceReader>> readers, const AuxDecoder& decoder,
                       MakeCollector make, AuxOrder order, AuxErrorFilter filter)
    : decoder_(decoder), make_(std::move(make)), order_(order), filter_(std::move(filter)) {
  const std::size_t all = kJobsPerThread * pool_.threads();
  const std::size_t open = order == AuxOrder::by_time ? std::max<std::size_t>(readers.size(), 1) : 1;
  ahead_ = std::max<std::size_t>(1, all / open);
  areas_.resize(readers.size());
  for (std::size_t i = 0; i < readers.size(); ++i) areas_[i].reader = std::move(readers[i]);
}

AuxReading::~AuxReading() = default;

void AuxReading::start_jobs(Area& area) {
  while (!area.ended && area.jobs.size() < ahead_) {
    if (area.window == nullptr || area.segment == area.window->segments.size()) {
      area.window = area.reader->next();
      area.segment = 0;
      area.ended = area.window == nullptr;
      continue;
    }
    const std::size_t first = area.segment;
    for (std::size_t bytes = 0; area.segment < area.window->segments.size() && bytes < kJobBytes; ++area.segment) {
      bytes += area.window->segments[area.segment].end - area.window->segments[area.segment].begin;
    }
    auto promise = std::make_shared<std::promise<std::unique_ptr<AuxCollector>>>();
    area.jobs.push_back({promise->get_future(), area.window->slice.time_ns});
    pool_.add([this, promise, window = area.window, first, last = area.segment] {
      auto collector = make_();
      for (std::size_t i = first; i < last; ++i) decoder_.decode(window->slice, window->segments[i], *collector);
      collector->end();
      promise->set_value(std::move(collector));
    });
  }
}

/// Goes to the area's next entry; false at its end.
bool AuxReading::advance(Area& area) {
  if (area.current != nullptr && ++area.entry < area.current->batch.entries.size()) return true;
  area.current.reset();
  for (;;) {
    start_jobs(area);
    if (area.jobs.empty()) return false;
    const std::uint64_t slice_ns = area.jobs.front().slice_ns;
    area.current = area.jobs.front().result.get();
    area.jobs.pop_front();
    start_jobs(area);
    AuxBatch& batch = area.current->batch;
    if (batch.entries.empty()) continue;
    settle_times(batch, area.last_ns, slice_ns);
    area.last_ns = batch.entries.back().time_ns;
    area.entry = 0;
    return true;
  }
}

/// The area whose turn it is; nullptr at the end of all.
AuxReading::Area* AuxReading::pick() {
  if (order_ == AuxOrder::by_area) {
    while (first_ < areas_.size()) {
      if (advance(areas_[first_])) return &areas_[first_];
      ++first_;
    }
    return nullptr;
  }
  const auto later = [this](std::size_t left, std::size_t right) {
    const auto key = [this](std::size_t i) {
      const Area& area = areas_[i];
      return std::pair(area.current->batch.entries[area.entry].time_ns, i);
    };
    return key(left) > key(right);
  };
  if (!started_) {
    started_ = true;
    for (Area& area : areas_) start_jobs(area);
    for (std::size_t i = 0; i < areas_.size(); ++i) {
      if (advance(areas_[i])) heap_.push_back(i);
    }
    std::make_heap(heap_.begin(), heap_.end(), later);
  } else if (!heap_.empty()) {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    if (advance(areas_[heap_.back()])) {
      std::push_heap(heap_.begin(), heap_.end(), later);
    } else {
      heap_.pop_back();
    }
  }
  return heap_.empty() ? nullptr : &areas_[heap_.front()];
}

std::optional<AuxReading::Item> AuxReading::next() {
  while (const Area* area = pick()) {
    const AuxBatch& batch = area->current->batch;
    const AuxBatch::Entry& entry = batch.entries[area->entry];
    std::string_view file;
    if (entry.error >= 0) file = batch.missing_files[static_cast<std::size_t>(entry.error)];
    if (entry.error != AuxBatch::kNone && !filter_.tells(file)) continue;
    const std::size_t begin = area->entry == 0 ? 0 : batch.entries[area->entry - 1].end;
    return Item{entry.time_ns, {batch.bytes.data() + begin, entry.end - begin}};
  }
  return std::nullopt;
}

}  // namespace simdprof::cmd
