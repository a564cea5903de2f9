#include "cmd/record_plan.h"

#include <algorithm>
#include <utility>

#include "lib/capture/attr_build.h"
#include "lib/capture/cpu_list.h"
#include "lib/capture/event_parse.h"
#include "lib/capture/event_settle.h"
#include "lib/capture/kernel_limits.h"
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
  return {has("xmm"), has("ymm"), has("zmm"), has("opmask")};
}

// Software events beside the leading one cannot carry vectors; they are recorded without.
void add_vectors(CapturePlan& plan, const VectorGrant& grant, const ProbeTarget& target) {
  for (EventPlan& event : plan.events) {
    abi::EventAttr attr = event.attr;
    apply_vector_grant(grant, attr);
    abi::EventAttr tried = attr;
    tried.flags |= abi::kAttrDisabled;
    const bool leads = &event == &plan.events.front();
    if (leads || open_for_probe(tried, target.pid, target.cpu).error_number == 0) event.attr = attr;
  }
}

CapturePlan plan_without_source(const RecordOptions& options) {
  CapturePlan plan;
  plan.target = options.target;
  plan.vectors = wanted_vectors(options.vector_classes);
  plan.ring_pages = options.ring_pages;
  plan.start_delay = options.start_delay;
  plan.duration = options.duration;
  plan.clockid = options.sampling.clockid;
  return plan;
}

}  // namespace

Result<ReadyPlan> make_ready_plan(const RecordOptions& options) {
  ReadyPlan ready;
  ready.plan = plan_without_source(options);
  const auto requests = parse_events(options.events.empty() ? "cycles" : options.events, EventSystem{});
  if (!requests) return fail(requests.error());
  const KernelLimits limits = load_kernel_limits();
  ready.plan.events = build_event_plans(*requests, options.sampling, limits, ready.notes);
  const ProbeTarget target = probe_target(options.target);
  const Status settled = settle_events(ready.plan.events, *requests, target, open_for_probe, ready.notes);
  if (!settled) return fail(settled.error());
  auto choice = choose_source(wish_of(options.source), ready.plan, target, load_stop_facts(limits), open_for_probe);
  if (!choice) return fail(choice.error());
  ready.plan.source = choice->source;
  if (choice->source == SourceKind::kernel) add_vectors(ready.plan, choice->grant, target);
  ready.attempts = std::move(choice->attempts);
  ready.source_line = std::move(choice->line);
  return ready;
}

}  // namespace simdprof::cmd
