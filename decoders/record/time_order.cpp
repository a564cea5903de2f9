#include "decoders/record/time_order.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>

namespace simdprof {
namespace {

/// Place among records of one time.
unsigned rank_of(StreamKind kind) {
  switch (kind) {
    case StreamKind::metadata: return 0;
    case StreamKind::images: return 1;
    case StreamKind::synthesized: return 2;
    case StreamKind::ring: return 3;
    case StreamKind::aux: return 4;
  }
  return 5;
}

std::uint64_t opening_time(const RunInfo& run) { return run.first_time_ns == kNoTime ? 0 : run.first_time_ns; }

struct OpenRun {
  LoadedRun loaded;
  std::size_t next = 0;  ///< index into loaded.records
};

/// The next record of an open run.
struct Head {
  std::uint64_t time_ns;
  unsigned rank;
  StreamId stream;
  std::size_t run;
  OpenRun* open;

  [[nodiscard]] auto key() const { return std::tie(time_ns, rank, stream, run); }
};

bool comes_later(const Head& a, const Head& b) {
  return a.time_ns != b.time_ns ? a.time_ns > b.time_ns : a.key() > b.key();
}

}  // namespace

void sort_by_time(std::vector<TimedRecord>& records, std::uint64_t first_time_ns) {
  std::uint64_t last_ns = first_time_ns == kNoTime ? 0 : first_time_ns;
  bool sorted = true;
  for (TimedRecord& record : records) {
    if (record.time_ns == kNoTime) record.time_ns = last_ns;
    sorted = sorted && (&record == records.data() || record.time_ns >= last_ns);
    last_ns = record.time_ns;
  }
  if (sorted) return;
  std::stable_sort(records.begin(), records.end(),
                   [](const TimedRecord& a, const TimedRecord& b) { return a.time_ns < b.time_ns; });
}

struct TimeOrder::State {
  std::vector<RunInfo> runs;
  Loader loader;
  Release release;
  std::vector<std::size_t> opening_order;
  std::size_t next_to_open = 0;
  std::vector<std::unique_ptr<OpenRun>> open;  ///< by run; null when not open
  std::vector<Head> heads;                     ///< a heap, the earliest at the front
  std::optional<std::size_t> used_up;          ///< released at the next call: its last record is still looked at
  std::size_t open_bytes = 0;
  Item item;  ///< that next() gave

  [[nodiscard]] bool must_open() const;
  void open_next();
  void push_head(std::size_t run);
  void pop_head();
  void replace_head(std::uint64_t next_time_ns);
  void release_used_up();
};

bool TimeOrder::State::must_open() const {
  if (next_to_open == opening_order.size()) return false;
  return heads.empty() || opening_time(runs[opening_order[next_to_open]]) <= heads.front().time_ns;
}

void TimeOrder::State::push_head(std::size_t run) {
  OpenRun& from = *open[run];
  heads.push_back({from.loaded.records[from.next].time_ns, rank_of(runs[run].kind), runs[run].stream, run, &from});
  std::push_heap(heads.begin(), heads.end(), comes_later);
}

void TimeOrder::State::pop_head() {
  std::pop_heap(heads.begin(), heads.end(), comes_later);
  heads.pop_back();
}

// The run that is in front mostly stays there: records of one CPU come in bursts.
void TimeOrder::State::replace_head(std::uint64_t next_time_ns) {
  Head& front = heads.front();
  const std::uint64_t time_ns = std::exchange(front.time_ns, next_time_ns);
  const auto behind = std::span(heads).subspan(1).first(std::min<std::size_t>(heads.size() - 1, 2));
  if (std::none_of(behind.begin(), behind.end(), [&](const Head& other) { return comes_later(front, other); })) return;
  front.time_ns = time_ns;  // a heap again
  std::pop_heap(heads.begin(), heads.end(), comes_later);
  heads.back().time_ns = next_time_ns;
  std::push_heap(heads.begin(), heads.end(), comes_later);
}

void TimeOrder::State::open_next() {
  const std::size_t run = opening_order[next_to_open++];
  auto opened = std::make_unique<OpenRun>();
  opened->loaded = loader(run);
  if (opened->loaded.records.empty()) return;
  open_bytes += opened->loaded.bytes.size();
  open[run] = std::move(opened);
  push_head(run);
}

void TimeOrder::State::release_used_up() {
  if (!used_up) return;
  open_bytes -= open[*used_up]->loaded.bytes.size();
  release(*used_up, std::move(open[*used_up]->loaded));
  open[*used_up].reset();
  used_up.reset();
}

TimeOrder::TimeOrder(std::span<const RunInfo> runs, Loader loader, Release release)
    : state_(std::make_unique<State>()) {
  State& state = *state_;
  state.runs.assign(runs.begin(), runs.end());
  state.loader = std::move(loader);
  state.release = std::move(release);
  state.open.resize(runs.size());
  state.opening_order.resize(runs.size());
  std::iota(state.opening_order.begin(), state.opening_order.end(), std::size_t{0});
  std::stable_sort(state.opening_order.begin(), state.opening_order.end(), [&](std::size_t a, std::size_t b) {
    const RunInfo& left = state.runs[a];
    const RunInfo& right = state.runs[b];
    return std::tuple(opening_time(left), rank_of(left.kind), left.stream) <
           std::tuple(opening_time(right), rank_of(right.kind), right.stream);
  });
}
TimeOrder::TimeOrder(TimeOrder&&) noexcept = default;
TimeOrder& TimeOrder::operator=(TimeOrder&&) noexcept = default;
TimeOrder::~TimeOrder() = default;

const TimeOrder::Item* TimeOrder::next() {
  State& state = *state_;
  state.release_used_up();
  while (state.must_open()) state.open_next();
  if (state.heads.empty()) return nullptr;
  const std::size_t run = state.heads.front().run;
  OpenRun& from = *state.heads.front().open;
  const TimedRecord taken = from.loaded.records[from.next++];
  if (from.next == from.loaded.records.size()) {
    state.pop_head();
    state.used_up = run;
  } else {
    state.replace_head(from.loaded.records[from.next].time_ns);
  }
  state.item.run = run;
  state.item.number = taken.number;
  state.item.offset = taken.offset;
  state.item.bytes = std::span<const std::byte>(from.loaded.bytes).subspan(taken.offset);
  return &state.item;
}

const std::vector<std::size_t>& TimeOrder::opening_order() const { return state_->opening_order; }
std::size_t TimeOrder::open_bytes() const { return state_->open_bytes; }

}  // namespace simdprof
