#include "cmd/sample_source.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "cmd/aux_samples.h"
#include "cmd/kernel_ahead.h"
#include "cmd/location_cache.h"
#include "cmd/merged_records.h"
#include "cmd/sample_notes.h"
#include "cmd/symbol_options.h"
#include "decoders/lanes/instruction.h"
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
         std::any_of(events.begin(), events.end(), [](const EventDesc& event) { return event.attr.samples_kernel(); });
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
        of_events(event_registers(session.facts().events, session.facts().source(), session.facts().arch)),
        stage(session.facts().arch, session.facts().xsave, of_events) {}

  void observe(const Record& record);
  void judge(const Sample& sample);
  void build_sets(const Sample& sample);
  /// Where not, the sample alone decides its sets: they are built when somebody asks for them.
  [[nodiscard]] bool may_have_vectors(const Sample& sample) const {
    return sample.event < of_events.size() && of_events[sample.event].vectors;
  }
  bool accept(const Sample& sample);
  NotedText text_of(const Sample& sample);
  [[nodiscard]] std::function<bool(const Sample&)> plain_samples() const;
  [[nodiscard]] SampleGroups::Group* group() const { return records->is_made() ? nullptr : noted_group(session); }

  [[nodiscard]] const RecordingFacts& facts() const { return made ? made->facts() : session.facts(); }

  Session session;
  std::unique_ptr<AuxSamples> made;
  std::optional<MergedRecords> records;
  WantedNotes notes;
  WantedNotes::WriteText write_alone;                    ///< of a sample without notes
  fmt::memory_buffer text_alone = fmt::memory_buffer();  ///< what it wrote
  SampleFilter filter;
  SampleNeeds needs;
  std::uint64_t limit;
  std::uint64_t given = 0;
  AddressSpaces spaces;
  Resolver resolver;
  LocationCache places;
  ChainTexts chain_texts;
  Unwinder unwinder;
  std::vector<EventRegisters> of_events;
  RegisterStage stage;
  RegisterSets sets;
  bool sets_built = false;  ///< of the sample at hand
  std::optional<SampleVerdicts> verdicts;
  SampleVerdict verdict;
  std::vector<CallFrame> frames;
  std::vector<bool> shows_chain;  ///< by event
  SampleHit hit;
};

// Everything but samples: names, mappings and register images.
void SampleSource::State::observe(const Record& record) {
  spaces.observe(record);
  places.observe(record);
  chain_texts.observe(record);
  if (!needs.registers) return;
  if (verdicts) verdicts->observe(record);
  if (const auto taken = stage.observe(record); !taken) session.ledger().skip(record.type, taken.error());
}

// Every sample, shown or not: rules look at what came before.
void SampleSource::State::judge(const Sample& sample) {
  if (!records->is_made() && noted_plain(session)) {
    verdict = verdicts->count(sample);
    return;
  }
  std::string_view symbol;
  if (sets_built && sample.mode == CpuMode::kernel && sets.user.has_vectors() && sets.intr.has_vectors()) {
    symbol = resolver.locate(spaces, sample.pid, sample.ip, sample.mode).symbol;
  }
  verdict = verdicts->judge(sample, sets_built ? &sets : nullptr, symbol);
}

/// Which samples need no judging: most of most recordings have neither vectors nor anything odd.
std::function<bool(const Sample&)> SampleSource::State::plain_samples() const {
  return [events = session.facts().events.events, sets = of_events, arch = session.facts().arch](const Sample& sample) {
    return sample.event < events.size() && !sets[sample.event].vectors &&
           ValidityStage::is_plain(sample, events[sample.event].attr, arch);
  };
}

void SampleSource::State::build_sets(const Sample& sample) {
  stage.build(sample, sets);
  sets_built = true;
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

NotedText SampleSource::State::text_of(const Sample& sample) {
  if (!write_alone) return {};
  if (!records->is_made()) {
    if (auto text = noted_text(session)) return *text;
  }
  text_alone.clear();
  write_alone(sample, text_alone);
  return {{text_alone.data(), text_alone.size()}, nullptr};
}

namespace {

/// Texts of those samples alone that the filter does not refuse by what they are themselves.
WantedNotes::MakeWriter for_accepted(WantedNotes::MakeWriter writer, const SampleFilter& filter) {
  return [writer = std::move(writer), kept = std::make_shared<const SampleFilter>(filter)] {
    return [write = writer(), kept](const Sample& sample, fmt::memory_buffer& out) {
      if (kept->accepts(sample)) write(sample, out);
    };
  };
}

}  // namespace

SampleSource::SampleSource(std::unique_ptr<State> state) : state_(std::move(state)) {}
SampleSource::SampleSource(SampleSource&&) noexcept = default;
SampleSource& SampleSource::operator=(SampleSource&&) noexcept = default;
SampleSource::~SampleSource() = default;

Result<SampleSource> SampleSource::open(const SampleOptions& options, const SampleNeeds& needs) {
  KernelListingAhead kernel;
  auto session = Session::open(options.input, AuxBytes::left_out,
                               needs.place || needs.lines ? read_kernel_beside(kernel) : OnInputHead{});
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
  state->records.emplace(state->session, state->made.get());
  if (needs.verdicts) {
    state->verdicts.emplace(state->session.facts());
    state->verdicts->look_ahead(state->session, state->resolver);
    state->notes.plain = state->plain_samples();
    state->session.note_runs(note_samples(state->notes));
  }
  const bool places = needs.place || needs.lines || state->filter.needs_place();
  if (places && has_kernel_hits(state->session)) state->resolver.prefetch_kernel(std::move(kernel));
  return SampleSource(std::move(state));
}

const RecordingFacts& SampleSource::facts() const { return state_->facts(); }

Session& SampleSource::session() { return state_->session; }

void SampleSource::prepare_texts(WantedNotes::MakeWriter writer) {
  state_->write_alone = writer();
  if (!state_->filter.accepts_all()) writer = for_accepted(std::move(writer), state_->filter);
  state_->notes.writer = std::move(writer);
  state_->session.note_runs(note_samples(state_->notes));
}

void SampleSource::show_chains(std::vector<bool> events) {
  State& state = *state_;
  state.shows_chain = std::move(events);
  state.notes.groups.emplace();
  state.notes.groups->chains = true;
  state.notes.groups->grouped = state.shows_chain;
  state.session.note_runs(note_samples(state.notes));
}

const SampleHit* SampleSource::next() {
  State& state = *state_;
  if (state.limit != 0 && state.given == state.limit) return nullptr;
  while (const Record* record = state.records->next()) {
    const auto* sample = std::get_if<Sample>(&record->body);
    if (sample == nullptr) {
      state.observe(*record);
      continue;
    }
    if (sample->event >= state.facts().events.events.size()) {
      state.session.ledger().skip(
          record->type,
          Error{Errc::malformed, "sample of an event that the recording does not describe", record->offset, {}});
      continue;
    }
    state.sets_built = false;
    if (state.needs.registers && state.may_have_vectors(*sample)) state.build_sets(*sample);
    if (state.verdicts) state.judge(*sample);
    if (!state.accept(*sample)) continue;
    state.hit.made = state.records->is_made() ? &state.made->hit() : nullptr;
    if (state.hit.made != nullptr) state.hit.call_depth = state.made->call_depth();
    state.hit.text = state.text_of(*sample);
    ++state.given;
    return &state.hit;
  }
  return nullptr;
}

const RegisterSets& SampleSource::registers() {
  if (!state_->sets_built) state_->build_sets(*state_->hit.sample);
  return state_->sets;
}
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
  return state.chain_texts.find(*state.hit.sample, state.group());
}

const std::vector<CallFrame>& SampleSource::call_chain() {
  state_->unwinder.unwind(state_->spaces, *state_->hit.sample, state_->frames);
  return state_->frames;
}

const Location& SampleSource::locate(VirtAddr address, CpuMode mode, bool lines) {
  return state_->places.locate(state_->hit.sample->pid, address, mode, lines);
}

Resolver::Code SampleSource::code() {
  const Sample& sample = *state_->hit.sample;
  return code_at(sample.ip, sample.mode, kMostInstructionBytes);
}

Resolver::Code SampleSource::code_at(VirtAddr address, CpuMode mode, std::size_t most) {
  return state_->resolver.code_at(state_->spaces, state_->hit.sample->pid, address, mode, most);
}

const Mapping* SampleSource::mapping(VirtAddr address, CpuMode mode) const {
  return mode == CpuMode::kernel ? state_->spaces.find_kernel(address)
                                 : state_->spaces.find(state_->hit.sample->pid, address);
}

std::vector<Resolver::Problem> SampleSource::symbol_problems() const { return state_->resolver.problems(); }

const Ledger& SampleSource::ledger() const { return state_->session.ledger(); }

}  // namespace simdprof::cmd
