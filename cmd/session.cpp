#include "cmd/session.h"

#include <algorithm>
#include <map>
#include <utility>

#include "cmd/load_facts.h"
#include "cmd/open_input.h"
#include "cmd/run_prefetch.h"
#include "decoders/record/decode_record.h"
#include "decoders/record/record_time.h"
#include "decoders/record/time_order.h"
#include "lib/container/record_walk.h"

namespace simdprof::cmd {
namespace {

/// What the runs that overlap at one time may take, in bytes. A recorder's chunks of one stream follow each other, so
/// that a real recording has about one chunk a stream open. A chunk beyond the bound is counted as damaged.
constexpr std::size_t kMaxOpenBytes = std::size_t{1} << 30U;

/// PERF_RECORD_AUX: the area was full and something was left out.
constexpr std::uint64_t kAuxFlagTruncated = 1;

/// The runs as the time order sees them. Runs without any time stay between their neighbours: they take the last time
/// before them, and when a whole recording has no times, their number. AUX bytes have no time: they come last, one run
/// after the other, or not at all.
struct OrderedRuns {
  std::vector<RunInfo> runs;
  std::vector<std::size_t> chunks;  ///< by run
};

OrderedRuns runs_of(const RecordInput& input, AuxBytes aux) {
  const auto& chunks = input.chunks();
  const bool timed = std::any_of(chunks.begin(), chunks.end(), [](const ChunkInfo& chunk) {
    return chunk.start.info.kind != StreamKind::metadata && chunk.start.first_time_ns != kNoTime;
  });
  OrderedRuns out;
  std::map<StreamId, std::uint64_t> last_ns;
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    const StreamStart& start = chunks[i].start;
    RunInfo run{start.stream, start.info.kind, start.first_time_ns};
    if (run.kind == StreamKind::aux) {
      if (aux == AuxBytes::left_out) continue;
      run.first_time_ns = kNoTime - chunks.size() + i;
    } else if (run.kind != StreamKind::metadata && run.first_time_ns == kNoTime) {
      const auto before = last_ns.find(run.stream);
      if (before != last_ns.end()) run.first_time_ns = before->second;
      if (!timed) run.first_time_ns = i;
    }
    if (start.last_time_ns != kNoTime) last_ns[run.stream] = start.last_time_ns;
    out.runs.push_back(run);
    out.chunks.push_back(i);
  }
  return out;
}

RunLoad load_run(const RecordInput& input, const EventTable& events, std::size_t chunk, std::uint64_t first_time_ns) {
  RunLoad load;
  auto bytes = input.load(chunk);
  if (!bytes) {
    load.damaged = true;
    return load;
  }
  const ChunkInfo& info = input.chunks()[chunk];
  load.run.bytes = std::move(*bytes);
  RecordWalk walk{load.run.bytes, info};
  auto raw = walk.next();
  for (; raw && *raw; raw = walk.next()) {
    if (input.is_framing((*raw)->type)) continue;
    const auto offset = static_cast<std::uint32_t>((*raw)->offset - info.record_offset);
    load.run.records.push_back({find_record_time(**raw, events), offset});
  }
  load.damaged = !raw.has_value();
  sort_by_time(load.run.records, first_time_ns);
  return load;
}

bool is_known_type(std::uint32_t type) {
  return abi::record_type_name(type) != nullptr || (type >= kRecordStream && type <= kLastOwnRecord);
}

/// Counts what a record says was lost.
struct LossCounter {
  Ledger& ledger;

  void operator()(const LostRecord& record) { ledger.lose(LossCause::ring_full, record.lost); }
  void operator()(const LostSamplesRecord& record) { ledger.lose(LossCause::kernel_dropped, record.lost); }
  void operator()(const LossRecord& record) { ledger.lose(record.cause, record.count); }
  void operator()(const AuxRecord& record) {
    if ((record.flags & kAuxFlagTruncated) != 0) ledger.lose(LossCause::aux_truncated, 1);
  }
  template <class Other>
  void operator()(const Other&) {}
};

}  // namespace

std::optional<SourceKind> RecordingFacts::source() const {
  for (const SourceAttempt& attempt : sources) {
    if (attempt.error_number == 0) return attempt.kind;
  }
  return std::nullopt;
}

struct Session::State {
  State(std::unique_ptr<RecordInput> opened, AuxBytes wanted_aux, Ledger opening_losses)
      : input(std::move(opened)),
        aux(wanted_aux),
        ledger(std::move(opening_losses)),
        facts(load_facts(*input, ledger)) {}

  std::unique_ptr<RecordInput> input;
  AuxBytes aux;
  Ledger ledger;
  RecordingFacts facts;
  Ledger opening_ledger;  ///< `ledger` before the first next()
  OrderedRuns ordered;    ///< made by the first next(), as the following
  std::optional<TimeOrder> order;
  std::unique_ptr<RunPrefetch> prefetch;  ///< its workers use input and facts, which outlive it
  RawRecord raw;                          ///< `record`, undecoded
  Record record;

  void start();
  LoadedRun open_run();
  Result<Record> decode(const TimeOrder::Item& item);
};

void Session::State::start() {
  opening_ledger = ledger;
  ordered = runs_of(*input, aux);
  order.emplace(ordered.runs, [this](std::size_t) { return open_run(); });
  prefetch = std::make_unique<RunPrefetch>(order->opening_order(), [this](std::size_t run) {
    return load_run(*input, facts.events, ordered.chunks[run], ordered.runs[run].first_time_ns);
  });
}

LoadedRun Session::State::open_run() {
  RunLoad load = prefetch->take();
  const bool too_many = order->open_bytes() + load.run.bytes.size() > kMaxOpenBytes;
  if (load.damaged || too_many) ledger.lose(LossCause::chunk_damaged, 1);
  return too_many ? LoadedRun{} : std::move(load.run);
}

Result<Record> Session::State::decode(const TimeOrder::Item& item) {
  const ChunkInfo& chunk = input->chunks()[ordered.chunks[item.run]];
  const auto framed =
      RecordWalk{item.bytes, chunk.record_offset + item.offset, chunk.start.stream, chunk.start.info.order}.next();
  if (!framed) return fail(framed.error());
  raw = **framed;
  return decode_record(raw, facts.events);
}

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

Result<Session> Session::open(const std::string& path, AuxBytes aux) {
  Ledger ledger;
  auto input = open_input(path, ledger);
  if (!input) return fail(input.error());
  return Session{std::make_unique<State>(std::move(*input), aux, std::move(ledger))};
}

const RecordingFacts& Session::facts() const { return state_->facts; }
Ledger& Session::ledger() { return state_->ledger; }
const RecordInput& Session::input() const { return *state_->input; }

void Session::rewind() {
  State& state = *state_;
  if (!state.order) return;
  state.prefetch.reset();
  state.order.reset();
  state.ledger = state.opening_ledger;
}

const RawRecord& Session::raw() const { return state_->raw; }

const Record* Session::next() {
  State& state = *state_;
  if (!state.order) state.start();
  while (const auto item = state.order->next()) {
    auto record = state.decode(*item);
    if (!record) {
      if (is_known_type(state.raw.type)) {
        state.ledger.skip(state.raw, record.error());
      } else {
        state.ledger.skip_unknown_type(state.raw.type);
      }
      continue;
    }
    state.record = std::move(*record);
    std::visit(LossCounter{state.ledger}, state.record.body);
    return &state.record;
  }
  return nullptr;
}

}  // namespace simdprof::cmd
