#include "cmd/sample_source.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "cmd/aux_samples.h"
#include "cmd/location_cache.h"
#include "cmd/symbol_options.h"
#include "decoders/registers/register_stage.h"
#include "lib/symbols/address_spaces.h"
#include "lib/symbols/resolver.h"

namespace simdprof::cmd {
std::optional<TimeWindow> recorded_time(const RecordInput& input) {
  std::optional<TimeWindow> window;
  for (const ChunkInfo& chunk : input.chunks()) {
    const StreamStart& start = chunk.start;
    if (start.info.kind != StreamKind::ring || start.first_time_ns == kNoTime || start.last_time_ns == kNoTime)
      continue;
    if (!window) window = TimeWindow{start.first_time_ns, start.last_time_ns};
    window->begin_ns = std::min(window->begin_ns, start.first_time_ns);
    window->end_ns = std::max(window->end_ns, start.last_time_ns);
  }
  return window;
}

bool has_kernel_hits(const Session& session) {
  constexpr std::size_t kFewChunks = 8;  // a short reading would end later, to wait for symbols that nobody asked for
  const auto& events = session.facts().events.events;
  return session.input().chunks().size() > kFewChunks &&
         std::any_of(events.begin(), events.end(),
                     [](const EventDesc& event) { return (event.attr.flags & abi::kAttrExcludeKernel) == 0; });
}

struct SampleSource::State {
  State(Session opened, SampleFilter wanted, const SampleOptions& options, const SampleNeeds& what)
      : session(std::move(opened)),
        filter(std::move(wanted)),
        needs(what),
        limit(options.limit),
        resolver(symbol_options(options.symfs, options.debug_dirs, options.demangle, session.facts())),
        places(spaces, resolver),
        unwinder(resolver),
        stage(session.facts().arch, session.facts().xsave,
              event_registers(session.facts().events, session.facts().source())) {}

  const Record* next_record();
  void observe(const Record& record);
  void skip(const Record& record, const Error& error);
  void judge(const Sample& sample);
  bool accept(const Sample& sample);
  std::string_view prepared_of(const Sample& sample);

  [[nodiscard]] const RecordingFacts& facts() const { return made ? made->facts() : session.facts(); }

  Session session;
  std::unique_ptr<AuxSamples> made;
  bool is_made = false;             ///< what next_record() gave
  const Record* waiting = nullptr;  ///< the session's, behind those that are made
  Session::Prepare prepare;
  fmt::memory_buffer prepared = fmt::memory_buffer();  ///< of a sample that was made
  SampleFilter filter;
  SampleNeeds needs;
  std::uint64_t limit;
  std::uint64_t given = 0;
  AddressSpaces spaces;
  Resolver resolver;
  LocationCache places;
  ChainTexts chain_texts;
  Unwinder unwinder;
  RegisterStage stage;
  RegisterSets sets;
  std::optional<SampleVerdicts> verdicts;
  SampleVerdict verdict;
  std::vector<CallFrame> frames;
  std::vector<bool> shows_chain;  ///< by event
  SampleHit hit;
};

/// The session's records, and between them, by time, the samples that are made of its trace.
const Record* SampleSource::State::next_record() {
  is_made = false;
  if (!made) return session.next();
  if (waiting == nullptr) waiting = session.next();
  if (waiting == nullptr || waiting->time_ns != kNoTime) {
    if (const Record* one = made->next_before(waiting == nullptr ? kNoTime : waiting->time_ns)) {
      is_made = true;
      return one;
    }
  }
  return std::exchange(waiting, nullptr);
}

void SampleSource::State::skip(const Record& record, const Error& error) {
  RawRecord raw;
  raw.type = record.type;
  raw.offset = record.offset;
  session.ledger().skip(raw, error);
}

// Everything but samples: names, mappings and register images.
void SampleSource::State::observe(const Record& record) {
  spaces.observe(record);
  places.observe(record);
  chain_texts.observe(record);
  if (!needs.registers) return;
  if (verdicts) verdicts->observe(record);
  if (const auto taken = stage.observe(record); !taken) skip(record, taken.error());
}

// Every sample, shown or not: rules look at what came before.
void SampleSource::State::judge(const Sample& sample) {
  std::string_view symbol;
  if (sample.mode == CpuMode::kernel && sets.user.has_vectors() && sets.intr.has_vectors()) {
    symbol = resolver.locate(spaces, sample.pid, sample.ip, sample.mode).symbol;
  }
  verdict = verdicts->judge(sample, sets, symbol);
}

bool SampleSource::State::accept(const Sample& sample) {
  if (!filter.accepts(sample)) return false;
  hit.sample = &sample;
  hit.event = &facts().events.events[sample.event];
  if (needs.comm || filter.needs_comm()) hit.comm = spaces.comm(sample.pid, sample.tid);
  if (filter.needs_comm() && !filter.accepts_comm(hit.comm)) return false;
  const bool chain = sample.event < shows_chain.size() && shows_chain[sample.event];
  const bool lines = needs.lines && sample.has(abi::PERF_SAMPLE_IP) && !chain;
  if (lines || (needs.place && !chain) || filter.needs_place()) {
    hit.place = places.locate(sample.pid, sample.ip, sample.mode, lines);
  }
  return !filter.needs_place() || filter.accepts_place(hit.place);
}

/// What the loading threads make of recorded samples.
std::string_view SampleSource::State::prepared_of(const Sample& sample) {
  prepared.clear();
  if (prepare) prepare(sample, prepared);
  return {prepared.data(), prepared.size()};
}

SampleSource::SampleSource(std::unique_ptr<State> state) : state_(std::move(state)) {}
SampleSource::SampleSource(SampleSource&&) noexcept = default;
SampleSource& SampleSource::operator=(SampleSource&&) noexcept = default;
SampleSource::~SampleSource() = default;

Result<SampleSource> SampleSource::open(const SampleOptions& options, const SampleNeeds& needs) {
  auto session = Session::open(options.input);
  if (!session) return fail(session.error());
  auto filter = SampleFilter::make(options.filter, recorded_time(session->input()));
  if (!filter) return fail(filter.error());
  auto state = std::make_unique<State>(std::move(*session), std::move(*filter), options, needs);
  if (options.itrace) {
    auto made =
        AuxSamples::open(state->session, *options.itrace,
                         symbol_options(options.symfs, options.debug_dirs, options.demangle, state->session.facts()));
    if (!made) return fail(made.error());
    state->made = *std::move(made);
  }
  if (needs.verdicts) {
    state->verdicts.emplace(state->session.facts());
    state->verdicts->look_ahead(state->session, state->resolver);
  }
  const bool places = needs.place || needs.lines || state->filter.needs_place();
  if (places && has_kernel_hits(state->session)) state->resolver.prefetch_kernel();
  return SampleSource(std::move(state));
}

const RecordingFacts& SampleSource::facts() const { return state_->facts(); }

Session& SampleSource::session() { return state_->session; }

void SampleSource::prepare_samples(Session::Prepare prepare) {
  state_->prepare = prepare;
  state_->session.prepare_samples(std::move(prepare));
}

void SampleSource::show_chains(std::vector<bool> events) {
  State& state = *state_;
  state.shows_chain = std::move(events);
  SampleGroups::Rules rules;
  rules.chains = true;
  rules.grouped = state.shows_chain;
  state.session.note_runs([rules = std::move(rules)](std::span<const Record> records, std::unique_ptr<RunNotes> spare) {
    return SampleGroups::make(rules, records, std::move(spare));
  });
}

const SampleHit* SampleSource::next() {
  State& state = *state_;
  if (state.limit != 0 && state.given == state.limit) return nullptr;
  while (const Record* record = state.next_record()) {
    const auto* sample = std::get_if<Sample>(&record->body);
    if (sample == nullptr) {
      state.observe(*record);
      continue;
    }
    if (sample->event >= state.facts().events.events.size()) {
      state.skip(*record,
                 Error{Errc::malformed, "sample of an event that the recording does not describe", record->offset, {}});
      continue;
    }
    if (state.verdicts) {
      state.stage.build(*sample, state.sets);
      state.judge(*sample);
    }
    if (!state.accept(*sample)) continue;
    state.hit.cycles = state.is_made ? state.made->hit().cycles : 0;
    state.hit.cycle_instructions = state.is_made ? state.made->hit().cycle_instructions : 0;
    state.hit.prepared = state.is_made ? state.prepared_of(*sample) : state.session.prepared();
    if (state.needs.registers && !state.verdicts) state.stage.build(*sample, state.sets);
    ++state.given;
    return &state.hit;
  }
  return nullptr;
}

const RegisterSets& SampleSource::registers() const { return state_->sets; }
const SampleVerdict& SampleSource::verdict() const { return state_->verdict; }
std::uint64_t SampleSource::finding_errors() const {
  std::uint64_t errors = state_->verdicts ? state_->verdicts->errors() : 0;
  const auto& skipped = state_->session.ledger().skipped();
  const auto samples = skipped.find(record_name(abi::PERF_RECORD_SAMPLE));
  if (samples != skipped.end()) errors += samples->second.left_over;  // R14
  return errors;
}

SampleSource::ChainTexts::Found SampleSource::chain_text() {
  State& state = *state_;
  // A sample that was made of a trace is in no run.
  auto* groups = state.is_made ? nullptr : static_cast<SampleGroups*>(state.session.notes());
  return state.chain_texts.find(*state.hit.sample, groups == nullptr ? nullptr : groups->find(state.session.number()));
}

const std::vector<CallFrame>& SampleSource::call_chain() {
  state_->unwinder.unwind(state_->spaces, *state_->hit.sample, state_->frames);
  return state_->frames;
}

const Location& SampleSource::locate(VirtAddr address, CpuMode mode, bool lines) {
  return state_->places.locate(state_->hit.sample->pid, address, mode, lines);
}

const Mapping* SampleSource::mapping(VirtAddr address, CpuMode mode) const {
  return mode == CpuMode::kernel ? state_->spaces.find_kernel(address)
                                 : state_->spaces.find(state_->hit.sample->pid, address);
}

std::vector<Resolver::Problem> SampleSource::symbol_problems() const { return state_->resolver.problems(); }

const Ledger& SampleSource::ledger() const { return state_->session.ledger(); }

}  // namespace simdprof::cmd
