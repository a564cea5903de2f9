#include "cmd/report_reading.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "cmd/chain_memo.h"
#include "cmd/group_samples.h"
#include "cmd/report_quality.h"
#include "cmd/symbol_options.h"
#include "decoders/validity/rule_table.h"
#include "decoders/validity/validity_stage.h"

namespace simdprof::cmd {
namespace {

/// Events that a sample stands for, as perf weighs it.
std::uint64_t period_of(const Sample& sample, const EventTable& table) {
  if (sample.has(abi::PERF_SAMPLE_PERIOD)) return sample.period;
  if (sample.event >= table.events.size()) return 1;
  const abi::EventAttr& attr = table.events[sample.event].attr;
  return (attr.flags & abi::kAttrFreq) != 0 ? 1 : attr.sample_period_or_freq;
}

PlaceCache::Needs place_needs(const ReportOptions& options, bool rules_ask_for_names) {
  const bool chains = options.children || options.call_graph.has_value();
  PlaceCache::Needs needs;
  // A list of findings names functions as they come, and rules and filters ask for names at once.
  needs.kernel_later = !options.findings && !rules_ask_for_names;
  needs.detail = options.detail;
  needs.detail.inlines = options.detail.inlines && (chains || options.detail.lines);
  needs.lines = options.detail.lines || (chains && options.detail.inlines);
  return needs;
}

/// R14 is the record decoder's: the sample itself is not there.
Finding left_over_finding() {
  const Rule& rule = rule_of(RuleId::r14);
  Finding finding;
  finding.rule = rule.id;
  finding.severity = rule.severity;
  finding.name = rule.name;
  finding.distrust = rule.distrust;
  finding.sample.place = kNoPlace;
  return finding;
}

const RegisterSets kNoSets;

/// Whether the record may change what a sample's address or thread is called.
bool changes_names(const Record& record) {
  return std::holds_alternative<MmapRecord>(record.body) || std::holds_alternative<CommRecord>(record.body) ||
         std::holds_alternative<ForkRecord>(record.body) || std::holds_alternative<ExitRecord>(record.body) ||
         std::holds_alternative<KsymbolRecord>(record.body);
}

}  // namespace

struct ReportReading::State {
  State(const ReportOptions& asked, const RecordingFacts& recorded, SampleFilter wanted,
        const std::optional<TimeWindow>& time)
      : options(asked),
        facts(recorded),
        filter(std::move(wanted)),
        window(time),
        quality(quality_of(facts)),
        profile(options.keys),
        resolver(symbol_options(options.symfs, options.debug_dirs, options.demangle, facts)),
        unwinder(resolver),
        places(profile, filter, spaces, resolver,
               place_needs(options, quality.vectors_asked() || filter.needs_place())),
        registers(facts.arch, facts.xsave, event_registers(facts.events, facts.source(), facts.arch)),
        validity(facts.arch),
        events_of_samples(facts.events),
        wants_chains(options.children || options.call_graph.has_value()) {
    quality.findings = FindingTally(options.findings);
  }

  void add(const Sample& sample);
  void add(const Sample& sample, SampleGroups::Group& group);
  void add_events(const Sample& sample);
  void count(const Sample& sample, const RegisterSets& sets, FrameId leaf);
  [[nodiscard]] ProfileSample profile_sample(const Sample& sample, FrameId leaf, std::string_view comm,
                                             const SampleGroups::Group* group = nullptr);
  [[nodiscard]] bool has_vectors(const Sample& sample) const {
    return sample.event < quality.events.size() && quality.events[sample.event].vectors;
  }
  [[nodiscard]] bool is_in_window(const Sample& sample) const {
    return !window || (sample.has(abi::PERF_SAMPLE_TIME) && window->contains(sample.time_ns));
  }
  [[nodiscard]] bool shows(const Sample& sample) const {
    return is_in_window(sample) && filter.accepts(sample) && filter.accepts_comm(spaces.comm(sample.pid, sample.tid));
  }
  const RegisterSets& registers_of(const Sample& sample);
  void judge(const Sample& sample, const RegisterSets& sets, FrameId leaf, bool listed);
  void take_findings();
  void count_unresolved();
  TextId comm_id(std::string_view comm);
  ChainId chain_of(const Sample& sample, const SampleGroups::Group* group);
  ChainId look_up_chain(const Sample& sample);

  const ReportOptions& options;
  const RecordingFacts& facts;
  SampleFilter filter;
  std::optional<TimeWindow> window;
  Quality quality;
  Profile profile;
  AddressSpaces spaces;
  Resolver resolver;
  Unwinder unwinder;
  PlaceCache places;
  ChainMemo<ChainId, 14> known_chains;
  RegisterStage registers;
  ValidityStage validity;
  GroupSamples events_of_samples;
  bool wants_chains;
  std::uint64_t version = 1;  ///< of all names and mappings: what groups have looked up holds as long as it stays
  std::vector<std::uint64_t> samples_by_leaf;  ///< by FrameId, filtered samples too
  std::optional<std::uint64_t> first_sample_ns, last_sample_ns;

  // Of the sample at hand; kept for their memory.
  RegisterSets built_sets;
  std::vector<Finding> findings;
  std::vector<CallFrame> call_frames;
  std::vector<FrameId> chain;
  std::string_view last_comm;  ///< of the sample before, and its id
  TextId last_comm_id = 0;
};

const RegisterSets& ReportReading::State::registers_of(const Sample& sample) {
  if (!has_vectors(sample)) return kNoSets;
  registers.build(sample, built_sets);
  return built_sets;
}

/// What is counted of every sample, shown or not.
void ReportReading::State::count(const Sample& sample, const RegisterSets& sets, FrameId leaf) {
  quality.count(sample, sets);
  if (sample.has(abi::PERF_SAMPLE_TIME)) {
    if (!first_sample_ns) first_sample_ns = sample.time_ns;
    last_sample_ns = sample.time_ns;
  }
  if (leaf >= samples_by_leaf.size()) samples_by_leaf.resize(profile.frames.size());
  ++samples_by_leaf[leaf];
}

ProfileSample ReportReading::State::profile_sample(const Sample& sample, FrameId leaf, std::string_view comm,
                                                   const SampleGroups::Group* group) {
  ProfileSample out;
  out.event = sample.event;
  out.comm = comm_id(comm);
  out.pid = sample.pid;
  out.tid = sample.tid;
  out.cpu = sample.cpu;
  out.period_events = period_of(sample, facts.events);
  out.leaf = leaf;
  out.chain = wants_chains ? chain_of(sample, group) : kNoChain;
  return out;
}

void ReportReading::State::add(const Sample& sample) {
  const RegisterSets& sets = registers_of(sample);
  const FrameId leaf = places.leaf(sample.pid, sample.ip, sample.mode);
  count(sample, sets, leaf);
  const bool in_window = is_in_window(sample);
  const std::string_view comm = spaces.comm(sample.pid, sample.tid);
  const bool accepted = filter.accepts(sample) && filter.accepts_comm(comm);
  judge(sample, sets, leaf, in_window && accepted);
  if (!in_window) return;
  if (!accepted) {
    profile.add_filtered(sample.event, period_of(sample, facts.events));
    return;
  }
  ProfileSample out = profile_sample(sample, leaf, comm);
  if (has_vectors(sample)) out.simd = simd_state(sample, sets);
  profile.add(out);
}

/// A sample of which all but its time and weight is known from others of its group.
void ReportReading::State::add(const Sample& sample, SampleGroups::Group& group) {
  if (group.version != version) {
    group.version = version;
    group.leaf = places.leaf(sample.pid, sample.ip, sample.mode);
    group.entry = profile.entry_of(profile_sample(sample, group.leaf, spaces.comm(sample.pid, sample.tid), &group));
  }
  count(sample, kNoSets, group.leaf);
  validity.count({sample, facts.events.events[sample.event].attr, nullptr, {}, group.leaf}, findings);
  take_findings();
  profile.add_to(group.entry, period_of(sample, facts.events));
}

/// A sample with the counts of its group of events. It is one sample; the counts of the other events go to the profile
/// alone, each as a sample of its own, as perf has it.
void ReportReading::State::add_events(const Sample& sample) {
  Sample own = sample;
  own.present |= abi::PERF_SAMPLE_PERIOD;
  bool has_added = false;
  for (const GroupSamples::Member& member : events_of_samples.take_apart(sample)) {
    own.event = member.event;
    own.period = member.count;
    if (member.event == sample.event) {
      add(own);
      has_added = true;
    } else if (shows(own)) {
      profile.add(profile_sample(own, places.leaf(own.pid, own.ip, own.mode), spaces.comm(own.pid, own.tid)));
    } else if (is_in_window(own)) {
      profile.add_filtered(own.event, own.period);
    }
  }
  if (!has_added) add(sample);
}

/// Samples of one thread come in bursts; `spaces` keeps each name once, so that its place tells it.
TextId ReportReading::State::comm_id(std::string_view comm) {
  if (comm.data() != last_comm.data() || comm.size() != last_comm.size()) {
    last_comm = comm;
    last_comm_id = profile.texts.intern(comm);
  }
  return last_comm_id;
}

void ReportReading::State::judge(const Sample& sample, const RegisterSets& sets, FrameId leaf, bool listed) {
  if (sample.event >= facts.events.events.size()) return;
  if (filter.needs_place()) listed = listed && places.wanted_frames()[leaf];
  const bool vectors = has_vectors(sample);
  std::string_view symbol;  // rules ask for it beside vectors only
  if (vectors && sample.mode == CpuMode::kernel) symbol = profile.texts.text(profile.frames.at(leaf).symbol);
  validity.check(
      {sample, facts.events.events[sample.event].attr, vectors ? &sets : nullptr, symbol, listed ? leaf : kNotListed},
      findings);
  take_findings();
}

void ReportReading::State::take_findings() {
  for (const Finding& finding : findings) quality.findings.add(finding);
  findings.clear();
}

ChainId ReportReading::State::chain_of(const Sample& sample, const SampleGroups::Group* group) {
  const auto found = group == nullptr ? known_chains.find(sample) : known_chains.find_again(sample, *group);
  if (found.value == nullptr) return look_up_chain(sample);
  if (!found.known) *found.value = look_up_chain(sample);
  return *found.value;
}

ChainId ReportReading::State::look_up_chain(const Sample& sample) {
  chain.clear();
  unwinder.unwind(spaces, sample, call_frames);
  const std::size_t count = std::min(call_frames.size(), options.max_stack);
  for (const CallFrame& frame : std::span(call_frames).first(count)) {
    const auto frames = places.frames(sample.pid, frame.lookup_address, frame.mode);
    chain.insert(chain.end(), frames.begin(), frames.end());
  }
  return profile.chains.intern(chain);
}

ReportReading::ReportReading(std::unique_ptr<State> state) : state_(std::move(state)) {}
ReportReading::ReportReading(ReportReading&&) noexcept = default;
ReportReading& ReportReading::operator=(ReportReading&&) noexcept = default;
ReportReading::~ReportReading() = default;

Result<ReportReading> ReportReading::make(const ReportOptions& options, const RecordingFacts& facts,
                                          const std::optional<TimeWindow>& recorded) {
  auto filter = SampleFilter::make(options.filter, recorded);
  if (!filter) return fail(filter.error());
  std::optional<TimeWindow> window;
  if (!options.time.empty()) {
    const auto parsed = parse_time_window(options.time, recorded);
    if (!parsed) return fail(parsed.error());
    window = *parsed;
  }
  return ReportReading(std::make_unique<State>(options, facts, std::move(*filter), window));
}

void ReportReading::prefetch_kernel(KernelListingAhead begun) { state_->resolver.prefetch_kernel(std::move(begun)); }

Session::MakeNotes ReportReading::notes() const {
  const State& state = *state_;
  if (state.window || !state.filter.accepts_all()) return {};
  WantedNotes wanted;
  SampleGroups::Rules& rules = wanted.groups.emplace();
  rules.chains = state.wants_chains;
  rules.cpus = state.profile.keys().has(SortKey::cpu);
  rules.plain = true;
  rules.arch = state.facts.arch;
  rules.events = state.facts.events.events;
  for (std::size_t i = 0; i < rules.events.size(); ++i) {
    rules.grouped.push_back(!state.quality.events[i].vectors && !GroupSamples::has_group(rules.events[i]));
  }
  return note_samples(std::move(wanted));
}

Status ReportReading::observe(const Record& record, SampleGroups::Group* group) {
  State& state = *state_;
  if (const auto* sample = std::get_if<Sample>(&record.body)) {
    if (group != nullptr) {
      state.add(*sample, *group);
    } else if (sample->event < state.facts.events.events.size() &&
               GroupSamples::has_group(state.facts.events.events[sample->event])) {
      state.add_events(*sample);
    } else {
      state.add(*sample);
    }
    return {};
  }
  if (changes_names(record)) ++state.version;
  state.places.observe(record);
  state.spaces.observe(record);
  state.known_chains.observe(record);
  state.validity.observe(record, state.findings);
  state.take_findings();
  if (const auto* throttle = std::get_if<ThrottleRecord>(&record.body)) {
    state.quality.throttled += throttle->throttled ? 1 : 0;
  }
  return state.registers.observe(record);
}

void ReportReading::State::count_unresolved() {
  for (FrameId leaf = 0; leaf < samples_by_leaf.size(); ++leaf) {
    if (samples_by_leaf[leaf] == 0) continue;
    const auto known = places.settled().find(leaf);
    const Unresolved reason = profile.frames.at(known == places.settled().end() ? leaf : known->second.back()).reason;
    if (reason != Unresolved::resolved) quality.unresolved[reason] += samples_by_leaf[leaf];
  }
}

void ReportReading::finish(const Ledger& ledger, AuxQuality aux) {
  State& state = *state_;
  state.places.settle();
  state.profile.exchange_frames(state.places.settled());
  state.count_unresolved();
  state.quality.aux = std::move(aux);
  if (state.first_sample_ns && *state.last_sample_ns >= *state.first_sample_ns) {
    state.quality.span_ns = *state.last_sample_ns - *state.first_sample_ns;
  }
  state.quality.ledger = ledger;
  state.validity.finish(state.findings);
  state.take_findings();
  if (const auto skipped = ledger.skipped().find(record_name(abi::PERF_RECORD_SAMPLE));
      skipped != ledger.skipped().end()) {
    if (skipped->second.left_over != 0) state.quality.findings.add(left_over_finding(), skipped->second.left_over);
  }
  // The recorder may have told of some of these itself.
  state.quality.ledger.lose_at_least(LossCause::image_missing, state.quality.images_missing);
  state.quality.ledger.lose_at_least(LossCause::image_unmatched, state.registers.counts().images_unmatched);
}

const Profile& ReportReading::profile() const { return state_->profile; }
const Quality& ReportReading::quality() const { return state_->quality; }

std::vector<Section> ReportReading::sections() const {
  RowOptions rows;
  rows.children = state_->options.children;
  rows.percent_limit = state_->options.percent_limit;
  if (state_->filter.needs_place()) {
    rows.wanted_frames = state_->places.wanted_frames();
    rows.wanted_frames.resize(state_->profile.frames.size());
  }
  std::vector<Section> sections;
  for (std::size_t event = 0; event < state_->quality.events.size(); ++event) {
    if (state_->quality.events[event].side_band) continue;
    sections.push_back(build_section(state_->profile, static_cast<std::uint32_t>(event), rows));
  }
  return sections;
}

bool ReportReading::has_chains() const {
  const auto& events = state_->facts.events.events;
  return std::any_of(events.begin(), events.end(), [](const EventDesc& event) {
    return (event.attr.sample_type & (abi::PERF_SAMPLE_CALLCHAIN | abi::PERF_SAMPLE_STACK_USER)) != 0;
  });
}

std::vector<Resolver::Problem> ReportReading::symbol_problems() const { return state_->resolver.problems(); }

}  // namespace simdprof::cmd
