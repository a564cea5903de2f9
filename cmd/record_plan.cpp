#include "cmd/record_plan.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "cmd/address_filter.h"
#include "cmd/symbol_address.h"
#include "lib/capture/attr_build.h"
#include "lib/capture/aux_pmu.h"
#include "lib/capture/cpu_list.h"
#include "lib/capture/event_parse.h"
#include "lib/capture/event_settle.h"
#include "lib/capture/kernel_limits.h"
#include "lib/capture/perf_clock.h"
#include "lib/capture/source_choice.h"

namespace simdprof::cmd {
namespace {

bool whole_cpus(const TargetSpec& target) { return target.system_wide || !target.cpus.empty(); }

ProbeTarget probe_target(const TargetSpec& target) {
  if (!whole_cpus(target)) return {0, -1};
  return {-1, target.cpus.empty() ? load_online_cpus().front() : target.cpus.front()};
}

SourceWish wish_of(const std::string& source) {
  if (source == "kernel") return SourceWish::kernel;
  if (source == "ptrace") return SourceWish::ptrace;
  return source == "gpr" ? SourceWish::gpr : SourceWish::automatic;
}

VectorPlan wanted_vectors(const std::vector<std::string>& classes) {
  if (classes.empty()) return {};
  const auto has = [&](const char* name) { return std::find(classes.begin(), classes.end(), name) != classes.end(); };
  return {has("xmm"), has("ymm"), has("zmm"), has("opmask"), has("neon") || has("sve"), has("sve")};
}

// Software events beside the leading one cannot carry vectors; they are recorded without.
void add_vectors(CapturePlan& plan, const VectorGrant& grant, const ProbeTarget& target) {
  bool leads = true;
  for (EventPlan& event : plan.events) {
    if (event.role != EventRole::samples) continue;
    abi::EventAttr attr = event.attr;
    apply_vector_grant(grant, attr);
    abi::EventAttr tried = attr;
    tried.flags |= abi::kAttrDisabled;
    leave_group(tried);
    if (leads || open_for_probe(tried, target.pid, target.cpu).error_number == 0) event.attr = attr;
    leads = false;
  }
}

CapturePlan plan_without_source(const RecordOptions& options) {
  CapturePlan plan;
  plan.target = options.target;
  plan.vectors = wanted_vectors(options.vector_classes);
  plan.ring_pages = options.ring_pages;
  plan.start_delay = options.start_delay;
  plan.duration = options.duration;
  plan.per_thread = options.per_thread;
  return plan;
}

// A trace is joined to the samples by time, and its time stamps can be converted to perf's own clock alone.
std::int32_t aux_clock(std::int32_t usual, std::vector<std::string>& notes) {
  if (const auto clock = PerfClock::open(); !clock) {
    notes.push_back(fmt::format("time stamps inside the trace cannot be converted: {}", clock.error().fact));
    return usual;
  }
  return kPerfClock;
}

AuxProbes make_aux_probes(const ProbeTarget& target, const KernelLimits& limits) {
  AuxProbes probes;
  probes.has_area = [target](const abi::EventAttr& attr) { return probe_aux_area(attr, target.pid, target.cpu); };
  probes.may_track_kernel = [] {
    abi::EventAttr attr;
    attr.type = abi::PERF_TYPE_SOFTWARE;
    attr.config = abi::PERF_COUNT_SW_DUMMY;
    attr.size = abi::PERF_ATTR_SIZE_VER7;
    attr.flags = abi::kAttrDisabled | abi::kAttrTextPoke | abi::kAttrKsymbol;
    return open_for_probe(attr, -1, load_online_cpus().front()).error_number == 0;
  };
  probes.page_bytes = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  probes.privileged = ::geteuid() == 0 || (limits.paranoid && *limits.paranoid < 0);
  return probes;
}

// Sources are chosen for what takes samples.
Result<SourceChoice> choose_for_samples(const RecordOptions& options, const CapturePlan& plan,
                                        const ProbeTarget& target, const KernelLimits& limits) {
  CapturePlan sampling = plan;
  std::erase_if(sampling.events, [](const EventPlan& event) { return event.role != EventRole::samples; });
  for (EventPlan& event : sampling.events) leave_group(event.attr);
  SourceWish wish = wish_of(options.source);
  const bool has_aux = plan.aux.use != AuxUse::none;
  if (has_aux && wish == SourceWish::ptrace) {
    return fail(Errc::usage, "source ptrace stops threads, which a trace must not see: take --source=kernel or gpr");
  }
  if (plan.per_thread && wish == SourceWish::ptrace) {
    return fail(Errc::usage, "source ptrace has a ring a CPU: leave --per-thread out, or take --source=kernel or gpr");
  }
  if (!sampling.events.empty()) {
    if ((has_aux || plan.per_thread) && wish == SourceWish::automatic) wish = SourceWish::rings;
    return choose_source(wish, sampling, target, load_stop_facts(limits), open_for_probe);
  }
  if (wish == SourceWish::kernel) return fail(Errc::usage, "source kernel: no event takes samples");
  SourceChoice choice;
  SourceAttempt& only = choice.attempts.emplace_back();
  only.explanation = "no event takes samples";
  choice.line = fmt::format("AUX area of {}; no event takes samples", plan.events.front().pmu);
  return choice;
}

// Without the reader of symbols an address alone can be told.
Result<VirtAddr> find_point([[maybe_unused]] Pid pid, const std::string& symbol) {
#ifdef SIMDPROF_RECORDER_ONLY
  return parse_number(symbol);
#else
  return find_symbol_address(pid, symbol);
#endif
}

Result<std::string> find_filter([[maybe_unused]] const std::string& text) {
#ifdef SIMDPROF_RECORDER_ONLY
  return text;
#else
  return resolve_address_filter(text);
#endif
}

Status finish_aux_events(const RecordOptions& options, CapturePlan& plan) {
  const auto filter = find_filter(options.aux.filter);
  if (!filter) return fail(filter.error());
  plan.find_snapshot_point = [symbol = options.aux.snapshot_at](Pid pid) { return find_point(pid, symbol); };
  for (EventPlan& event : plan.events) {
    if (event.role != EventRole::aux) continue;
    event.filter = *filter;
    event.cpus = load_pmu_cpus(EventSystem{}, event.pmu);
  }
  return {};
}

}  // namespace

Result<ReadyPlan> make_ready_plan(const RecordOptions& options) {
  ReadyPlan ready;
  CapturePlan& plan = ready.plan;
  plan = plan_without_source(options);
  auto requests = parse_events(options.events.empty() ? "cycles" : options.events, EventSystem{});
  if (!requests) return fail(requests.error());
  const KernelLimits limits = load_kernel_limits();
  const ProbeTarget target = probe_target(options.target);
  const auto aux = arrange_aux_requests(*requests, options.aux, EventSystem{}, make_aux_probes(target, limits));
  if (!aux) return fail(aux.error());
  plan.aux = *aux;
  SamplingOptions sampling = options.sampling;
  if (plan.aux.use != AuxUse::none) sampling.clockid = aux_clock(sampling.clockid, ready.notes);
  plan.clockid = sampling.clockid;
  plan.events = build_event_plans(*requests, sampling, limits, ready.notes);
  if (const Status finished = finish_aux_events(options, plan); !finished) return fail(finished.error());
  const Status settled = settle_events(plan.events, *requests, target, open_for_probe, ready.notes);
  if (!settled) return fail(settled.error());
  auto choice = choose_for_samples(options, plan, target, limits);
  if (!choice) return fail(choice.error());
  plan.source = choice->source;
  if (choice->source == SourceKind::kernel) add_vectors(plan, choice->grant, target);
  if (choice->source == SourceKind::ptrace) {
    if (std::string note = limit_stop_rate(plan.events.front()); !note.empty()) ready.notes.push_back(std::move(note));
  }
  ready.attempts = std::move(choice->attempts);
  ready.source_line = std::move(choice->line);
  return ready;
}

}  // namespace simdprof::cmd
