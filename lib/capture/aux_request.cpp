#include "lib/capture/aux_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "lib/capture/aux_pmu.h"

namespace simdprof {
namespace {

constexpr std::uint32_t kPauseOrResume = 2 | 4;  // of aux_action

// Kinds of event that every kernel has can have no AUX area; what a machine adds has a higher number.
bool is_added_pmu(const EventRequest& request) { return request.attr.type > abi::PERF_TYPE_BREAKPOINT; }

void find_aux_events(std::vector<EventRequest>& requests, const AuxWish& wish, const EventSystem& system,
                     const AuxProbes& probes) {
  for (EventRequest& request : requests) {
    if (request.pmu.empty() || !is_added_pmu(request)) continue;
    const bool known = find_aux_type(request.pmu) != AuxTraceType::unknown;
    if (!known && !probes.has_area(request.attr)) continue;
    request.role = EventRole::aux;
    if (request.has_period) continue;
    request.has_period = true;
    request.has_frequency = false;
    request.attr.sample_period_or_freq = wish.period != 0 ? wish.period : default_aux_period(system, request.pmu);
  }
}

bool is_aux(const EventRequest& request) { return request.role == EventRole::aux; }

bool needs_leader(const EventRequest& request) {
  return (request.attr.flags & abi::kAttrAuxOutput) != 0 || request.attr.aux_sample_size != 0 ||
         (request.attr.aux_action & kPauseOrResume) != 0;
}

// Two PMUs cannot share a CPU's ring; those of different kinds of CPU never meet.
Status check_pmus(const std::vector<EventRequest>& requests, const EventSystem& system) {
  std::vector<std::string> pmus;
  for (const EventRequest& request : requests) {
    if (!is_aux(request)) continue;
    if (std::find(pmus.begin(), pmus.end(), request.pmu) != pmus.end()) {
      return fail(Errc::usage,
                  fmt::format("two events of {}: a CPU has one AUX area, and one event that fills it", request.pmu));
    }
    if (!pmus.empty() && load_pmu_cpus(system, request.pmu).empty()) {
      return fail(Errc::usage, fmt::format("{} and {} cannot be recorded at once: a CPU has one AUX area", pmus.front(),
                                           request.pmu));
    }
    pmus.push_back(request.pmu);
  }
  return {};
}

// Events with an AUX area and their groups to the front. An event that needs a leader and has none follows the first.
Status order_and_group(std::vector<EventRequest>& requests) {
  const auto leader_of = [&](std::size_t i) {
    return requests[i].group < 0 ? i : static_cast<std::size_t>(requests[i].group);
  };
  std::vector<std::size_t> order;
  for (const bool wanted : {true, false}) {
    for (std::size_t i = 0; i < requests.size(); ++i) {
      if (is_aux(requests[leader_of(i)]) == wanted) order.push_back(i);
    }
  }
  std::vector<int> place(requests.size());
  for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = static_cast<int>(i);
  std::vector<EventRequest> ordered;
  for (const std::size_t from : order) {
    ordered.push_back(std::move(requests[from]));
    int& group = ordered.back().group;
    if (group >= 0) group = place[static_cast<std::size_t>(group)];
  }
  requests = std::move(ordered);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    EventRequest& request = requests[i];
    if (is_aux(request) && leader_of(i) != i) {
      return fail(Errc::usage, fmt::format("{} has to be the first of its group: it has the AUX area", request.name));
    }
    if (!needs_leader(request) || is_aux(request)) continue;
    if (request.group < 0) request.group = requests.front().group = 0;
    if (!is_aux(requests[leader_of(i)])) {
      return fail(Errc::usage,
                  fmt::format("{} uses an AUX area: an event that has one must lead its group", request.name));
    }
  }
  return {};
}

EventRequest make_dummy(EventRole role, const char* name, std::uint64_t flags) {
  EventRequest dummy;
  dummy.attr.type = abi::PERF_TYPE_SOFTWARE;
  dummy.attr.config = abi::PERF_COUNT_SW_DUMMY;
  dummy.attr.sample_period_or_freq = 1;
  dummy.attr.flags = flags | abi::kAttrExcludeGuest;
  dummy.name = name;
  dummy.role = role;
  dummy.mode_given = true;
  dummy.has_period = true;
  return dummy;
}

// Execution of an address that is not known yet, in user mode.
EventRequest make_snapshot_point(const std::string& symbol) {
  constexpr std::uint32_t kExecute = 4;  // HW_BREAKPOINT_X
  EventRequest point;
  point.attr.type = abi::PERF_TYPE_BREAKPOINT;
  point.attr.bp_type = kExecute;
  point.attr.config2_or_bp_len = sizeof(long);
  point.attr.sample_period_or_freq = 1;
  point.attr.flags = abi::kAttrExcludeKernel | abi::kAttrExcludeHv | abi::kAttrExcludeGuest;
  point.name = symbol;
  point.role = EventRole::snapshot_point;
  point.mode_given = true;
  point.has_period = true;
  return point;
}

Result<AuxPlan> size_areas(const AuxWish& wish, const AuxProbes& probes) {
  constexpr std::size_t kPrivilegedBytes = std::size_t{4} << 20U;
  constexpr std::size_t kOrdinaryBytes = std::size_t{128} << 10U;
  AuxPlan plan;
  plan.use = AuxUse::full_trace;
  if (wish.snapshot) plan.use = AuxUse::snapshot;
  if (wish.samples) plan.use = AuxUse::samples;
  plan.pages_given = wish.pages != 0;
  plan.pages = wish.pages;
  if (plan.pages == 0) {
    std::size_t bytes = probes.privileged ? kPrivilegedBytes : kOrdinaryBytes;
    if (wish.snapshot_bytes != 0) bytes = std::bit_ceil(wish.snapshot_bytes);
    plan.pages = std::max(bytes / probes.page_bytes, std::size_t{1});
  }
  const std::size_t area_bytes = plan.pages * probes.page_bytes;
  if (wish.snapshot_bytes > area_bytes) {
    return fail(Errc::usage,
                fmt::format("--snapshot: {} bytes do not fit into an AUX area of {}", wish.snapshot_bytes, area_bytes));
  }
  plan.snapshot_bytes = wish.snapshot_bytes != 0 ? wish.snapshot_bytes : area_bytes;
  return plan;
}

}  // namespace

Result<AuxPlan> arrange_aux_requests(std::vector<EventRequest>& requests, const AuxWish& wish,
                                     const EventSystem& system, const AuxProbes& probes) {
  find_aux_events(requests, wish, system, probes);
  const bool any = std::any_of(requests.begin(), requests.end(), is_aux);
  const bool needed = std::any_of(requests.begin(), requests.end(), needs_leader) || wish.any();
  if (!any && needed) {
    return fail(Errc::usage,
                "no event has an AUX area: -m DATA,AUX, --snapshot, --aux-sample, --filter and aux- terms "
                "need one, such as -e intel_pt//u");
  }
  if (!any) return AuxPlan{};
  if (const Status checked = check_pmus(requests, system); !checked) return fail(checked.error());
  bool samples = wish.samples;
  for (EventRequest& request : requests) {
    if (is_aux(request)) continue;
    if (wish.samples && request.attr.aux_sample_size == 0 && (request.attr.flags & abi::kAttrAuxOutput) == 0) {
      request.attr.aux_sample_size = static_cast<std::uint32_t>(wish.sample_bytes);
    }
    samples = samples || request.attr.aux_sample_size != 0;
  }
  if (wish.snapshot && samples) return fail(Errc::usage, "--snapshot and AUX bytes in samples exclude each other");
  if (const Status ordered = order_and_group(requests); !ordered) return fail(ordered.error());
  const bool kernel_traced = std::any_of(requests.begin(), requests.end(), [](const EventRequest& request) {
    return is_aux(request) && request.attr.samples_kernel();
  });
  requests.push_back(make_dummy(EventRole::tracking, "dummy:u",
                                abi::kAttrContextSwitch | abi::kAttrExcludeKernel | abi::kAttrExcludeHv));
  if (kernel_traced && probes.may_track_kernel()) {
    requests.push_back(make_dummy(EventRole::text_poke, "dummy:text-poke", abi::kAttrTextPoke | abi::kAttrKsymbol));
  }
  if (!wish.snapshot_at.empty()) requests.push_back(make_snapshot_point(wish.snapshot_at));
  AuxWish sized = wish;
  sized.samples = samples;
  return size_areas(sized, probes);
}

}  // namespace simdprof
