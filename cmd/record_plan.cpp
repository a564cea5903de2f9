#include "cmd/record_plan.h"

#include <utility>

#include "lib/capture/attr_build.h"
#include "lib/capture/cpu_list.h"
#include "lib/capture/event_parse.h"
#include "lib/capture/event_settle.h"
#include "lib/capture/kernel_limits.h"

namespace simdprof::cmd {
namespace {

bool whole_cpus(const TargetSpec& target) { return target.system_wide || !target.cpus.empty(); }

ProbeTarget probe_target(const TargetSpec& target) {
  if (!whole_cpus(target)) return {0, -1};
  return {-1, target.cpus.empty() ? load_online_cpus().front() : target.cpus.front()};
}

CapturePlan plan_without_source(const RecordOptions& options) {
  CapturePlan plan;
  plan.target = options.target;
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
  ready.plan.source = SourceKind::gpr;
  ready.attempts.push_back({SourceKind::gpr, 0, "general registers"});
  ready.source_line = "source gpr";
  return ready;
}

}  // namespace simdprof::cmd
