#include "cmd/session.h"

#include <malloc.h>

#include <algorithm>
#include <mutex>
#include <set>
#include <utility>

#include "cmd/load_facts.h"
#include "cmd/open_input.h"
#include "cmd/run_load.h"
#include "cmd/run_prefetch.h"
#include "decoders/record/decode_record.h"
#include "decoders/record/time_order.h"
#include "lib/base/fetch_line.h"

namespace simdprof::cmd {
namespace {

/// What the runs that overlap at one time may take, in bytes. A recorder's chunks of one stream follow each other, so
/// that a real recording has about one chunk a stream open. A chunk beyond the bound is counted as damaged.
constexpr std::size_t kMaxOpenBytes = std::size_t{1} << 30U;

/// Used-up runs that are kept for their memory: what some workers need while some runs of other streams are open.
constexpr std::size_t kMostSpare = 8;

/// PERF_RECORD_AUX: the area was full and something was left out.
constexpr std::uint64_t kAuxFlagTruncated = 1;

/// Records were decoded on another core. The lines that every reader looks at are asked for some records early: to wait
/// for them would be a tenth of its time.
constexpr std::size_t kFetchedAhead = 4;
void fetch_ahead(const std::vector<Record>& records, std::size_t number) {
  constexpr std::size_t kLineBytes = 64, kLines = 5;
  if (number >= records.size()) return;
  const auto* at = reinterpret_cast<const char*>(&records[number]);
  for (std::size_t line = 0; line < kLines; ++line) fetch_line(at + line * kLineBytes);
  fetch_line(at + sizeof(Record) - 1);  // where the variant says what it holds
}

bool is_known_type(std::uint32_t type) {
  return abi::record_type_name(type) != nullptr || (type >= kRecordStream && type <= kLastOwnRecord);
}

// A run's bytes and records are a few MiB that are given back and asked for again all the time. By default malloc maps
// and unmaps such pieces, and every page of them is cleared anew by the kernel: a third of the time of reading.
void keep_freed_memory() {
  constexpr int kKeptBytes = 64 << 20;
  ::mallopt(M_MMAP_THRESHOLD, kKeptBytes);
  ::mallopt(M_TRIM_THRESHOLD, 2 * kKeptBytes);
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

unsigned RecordingFacts::long_bytes() const {
  const auto told = host.find("long_bytes");  // by TRACING_DATA of a perf.data
  return told == host.end() ? abi::long_bytes(arch) : told->second == "4" ? 4 : 8;
}

std::vector<const RecordingFacts::Tracepoint*> RecordingFacts::tracepoints_of_events() const {
  std::set<std::uint64_t> ids;
  for (const EventDesc& event : events.events) {
    if (event.attr.type == abi::PERF_TYPE_TRACEPOINT) ids.insert(event.attr.config);
  }
  std::vector<const Tracepoint*> found;
  for (const Tracepoint& tracepoint : tracepoints) {
    if (ids.erase(tracepoint.id) != 0) found.push_back(&tracepoint);
  }
  return found;
}

bool RecordingFacts::has_format(const abi::EventAttr& attr) const {
  return attr.type == abi::PERF_TYPE_TRACEPOINT &&
         std::any_of(tracepoints.begin(), tracepoints.end(),
                     [&attr](const Tracepoint& tracepoint) { return tracepoint.id == attr.config; });
}

std::endian recorded_order(const RecordInput& input) {
  for (const ChunkInfo& chunk : input.chunks()) {
    if (chunk.start.info.kind == StreamKind::ring) return chunk.start.info.order;
  }
  return std::endian::little;
}

std::optional<abi::ClockReference> RecordingFacts::clock_reference() const {
  const auto found = host.find(std::string(abi::kClockReferenceFact));
  return found == host.end() ? std::nullopt : abi::parse_clock_reference(found->second);
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
  MakeNotes make_notes;
  std::vector<RunLoad> open_runs;  ///< by run; their LoadedRun is with `order`
  std::mutex spare_mutex;
  std::vector<RunLoad> spare;             ///< runs that are used up, for their memory; guarded by spare_mutex
  const TimeOrder::Item* item = nullptr;  ///< the record in hand, undecoded
  Record record;                          ///< and decoded, when it was not ahead
  std::unique_ptr<RunPrefetch> prefetch;  ///< last: its workers use what stands above, and end first

  void start();
  void close();
  LoadedRun open_run(std::size_t run);
  const Record* find_record();
  const Record* decode_alone();
  void keep_spare(std::size_t run, LoadedRun used_up);
  RunLoad take_spare();
  [[nodiscard]] const ChunkInfo& chunk() const { return input->chunks()[ordered.chunks[item->run]]; }
};

void Session::State::start() {
  keep_freed_memory();
  opening_ledger = ledger;
  ordered = runs_of(*input, aux);
  open_runs.resize(ordered.runs.size());
  order.emplace(
      ordered.runs, [this](std::size_t run) { return open_run(run); },
      [this](std::size_t run, LoadedRun used_up) { keep_spare(run, std::move(used_up)); });
  prefetch = std::make_unique<RunPrefetch>(order->opening_order(), [this](std::size_t run) {
    return load_run(*input, facts.events, ordered.chunks[run], ordered.runs[run].first_time_ns, make_notes,
                    take_spare());
  });
}

void Session::State::close() {
  prefetch.reset();
  item = nullptr;
  order.reset();
  open_runs.clear();
}

LoadedRun Session::State::open_run(std::size_t run) {
  RunLoad load = prefetch->take();
  const bool too_many = order->open_bytes() + load.run.bytes.size() > kMaxOpenBytes;
  if (load.damaged || too_many) ledger.lose(LossCause::chunk_damaged, 1);
  if (too_many) return {};
  LoadedRun records = std::move(load.run);
  open_runs[run] = std::move(load);
  return records;
}

/// The record of `item`; nullptr when it does not decode, which is counted.
const Record* Session::State::find_record() {
  const RunLoad& ahead = open_runs[item->run];
  if (ahead.decoded.empty() || ahead.decoded[item->number].type == 0) return decode_alone();
  fetch_ahead(ahead.decoded, item->number + kFetchedAhead);
  return &ahead.decoded[item->number];
}

const Record* Session::State::decode_alone() {
  const auto raw = frame_record(chunk(), item->bytes, item->offset);
  if (!raw) return nullptr;  // it was framed when its run was loaded
  if (auto done = decode_record(*raw, facts.events, record); !done) {
    if (is_known_type(raw->type)) {
      ledger.skip(raw->type, done.error());
    } else {
      ledger.skip_unknown_type(raw->type);
    }
    return nullptr;
  }
  return &record;
}

void Session::State::keep_spare(std::size_t run, LoadedRun used_up) {
  RunLoad done = std::exchange(open_runs[run], RunLoad{});
  done.run = std::move(used_up);
  const std::lock_guard lock(spare_mutex);
  if (spare.size() < kMostSpare) spare.push_back(std::move(done));
}

RunLoad Session::State::take_spare() {
  const std::lock_guard lock(spare_mutex);
  if (spare.empty()) return {};
  RunLoad taken = std::move(spare.back());
  spare.pop_back();
  return taken;
}

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

Result<Session> Session::open(const std::string& path, AuxBytes aux, const OnInputHead& on_head) {
  Ledger ledger;
  auto input = open_input(path, ledger, on_head);
  if (!input) return fail(input.error());
  return Session{std::make_unique<State>(std::move(*input), aux, std::move(ledger))};
}

const RecordingFacts& Session::facts() const { return state_->facts; }
Ledger& Session::ledger() { return state_->ledger; }
const RecordInput& Session::input() const { return *state_->input; }

void Session::rewind() {
  State& state = *state_;
  if (!state.order) return;
  state.close();
  state.ledger = state.opening_ledger;
}

RawRecord Session::raw() const {
  if (state_->item == nullptr) return {};
  const auto framed = frame_record(state_->chunk(), state_->item->bytes, state_->item->offset);
  return framed ? *framed : RawRecord{};
}

void Session::note_runs(MakeNotes make) {
  state_->make_notes = std::move(make);
  for (RunLoad& used_up : state_->spare) used_up.notes.reset();  // before a rewind() others may have been wanted
}
RunNotes* Session::notes() const {
  return state_->item == nullptr ? nullptr : state_->open_runs[state_->item->run].notes.get();
}
std::size_t Session::number() const { return state_->item == nullptr ? 0 : state_->item->number; }

const Record* Session::next() {
  State& state = *state_;
  if (!state.order) state.start();
  while ((state.item = state.order->next()) != nullptr) {
    const Record* record = state.find_record();
    if (record == nullptr) continue;
    std::visit(LossCounter{state.ledger}, record->body);
    return record;
  }
  return nullptr;
}

}  // namespace simdprof::cmd
