#include "lib/capture/event_settle.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "lib/capture/open_error.h"

namespace simdprof {
namespace {

// One event on its way to a form that opens.
struct Settling {
  EventPlan& plan;
  const EventRequest& request;
  const ProbeTarget& target;
  const EventOpener& open;
  std::vector<std::string>& notes;
};

bool is_cycles(const abi::EventAttr& attr) {
  return attr.type == abi::PERF_TYPE_HARDWARE && attr.config == abi::PERF_COUNT_HW_CPU_CYCLES;
}

bool no_counter(int error_number) {
  return error_number == ENOENT || error_number == EOPNOTSUPP || error_number == ENODEV || error_number == ENXIO;
}

OpenedEvent try_open(const Settling& settling) {
  abi::EventAttr attr = settling.plan.attr;
  leave_group(attr);
  attr.flags |= abi::kAttrDisabled;
  const auto& cpus = settling.plan.cpus;
  const bool elsewhere = settling.target.cpu >= 0 && !cpus.empty() &&
                         std::find(cpus.begin(), cpus.end(), settling.target.cpu) == cpus.end();
  const std::int32_t cpu = elsewhere ? cpus.front() : settling.target.cpu;
  OpenedEvent opened = settling.open(attr, settling.target.pid, cpu);
  if (opened.error_number == EINVAL) {  // PERF_FORMAT_LOST came with Linux 6.0; the recorder drops it likewise
    attr.read_format &= ~std::uint64_t{abi::PERF_FORMAT_LOST};
    OpenedEvent older = settling.open(attr, settling.target.pid, cpu);
    if (older.error_number != EINVAL) return older;
  }
  return opened;
}

// "cycles:u" keeps its modifiers as "task-clock:u".
void take_clock(Settling& settling) {
  const bool whole_cpus = settling.target.pid < 0;
  EventPlan& plan = settling.plan;
  const std::size_t colon = plan.name.find(':');
  const std::string modifiers = colon == std::string::npos ? std::string{} : plan.name.substr(colon);
  const std::string clock = whole_cpus ? "cpu-clock" : "task-clock";
  settling.notes.push_back(fmt::format("no hardware counter for {} here, {} is sampled instead", plan.name, clock));
  plan.name = clock + modifiers;
  plan.attr.type = abi::PERF_TYPE_SOFTWARE;
  plan.attr.config = whole_cpus ? abi::PERF_COUNT_SW_CPU_CLOCK : abi::PERF_COUNT_SW_TASK_CLOCK;
  abi::set_precise_ip(plan.attr, 0);
}

void leave_kernel_out(Settling& settling) {
  EventPlan& plan = settling.plan;
  plan.attr.flags |= abi::kAttrExcludeKernel | abi::kAttrExcludeHv;
  plan.name += plan.name.find(':') == std::string::npos ? ":u" : "u";
  settling.notes.push_back(
      fmt::format("kernel samples are not allowed here, {} is sampled: kernel.perf_event_paranoid", plan.name));
}

Status settle(Settling settling) {
  abi::EventAttr& attr = settling.plan.attr;
  if (settling.request.precise_most) abi::set_precise_ip(attr, 3);
  for (;;) {
    const OpenedEvent opened = try_open(settling);
    const int error_number = opened.error_number;
    if (error_number == 0) return {};
    const bool denied = error_number == EACCES || error_number == EPERM;
    if (settling.request.precise_most && abi::precise_ip(attr) > 0 && !denied) {
      abi::set_precise_ip(attr, abi::precise_ip(attr) - 1);
    } else if (no_counter(error_number) && is_cycles(attr)) {
      take_clock(settling);
    } else if (denied && !settling.request.mode_given && attr.samples_kernel()) {
      const auto kept = attr.flags;
      const auto kept_name = settling.plan.name;
      leave_kernel_out(settling);
      const OpenedEvent again = try_open(settling);
      if (again.error_number == EACCES || again.error_number == EPERM) {  // it was not the kernel samples
        attr.flags = kept;
        settling.plan.name = kept_name;
        settling.notes.pop_back();
        return fail(open_error(again, attr, fmt::format("cannot sample {}", kept_name)));
      }
    } else {
      return fail(open_error(opened, attr, fmt::format("cannot sample {}", settling.plan.name)));
    }
  }
}

}  // namespace

void leave_group(abi::EventAttr& attr) {
  constexpr std::uint32_t kStartPaused = 1;  // of the leader itself
  attr.flags &= ~std::uint64_t{abi::kAttrAuxOutput};
  attr.sample_type &= ~std::uint64_t{abi::PERF_SAMPLE_AUX};
  attr.aux_sample_size = 0;
  attr.aux_action &= kStartPaused;
}

OpenedEvent open_for_probe(const abi::EventAttr& attr, Pid pid, std::int32_t cpu) { return open_event(attr, pid, cpu); }

Status settle_events(std::vector<EventPlan>& plans, const std::vector<EventRequest>& requests,
                     const ProbeTarget& target, const EventOpener& open, std::vector<std::string>& notes) {
  for (std::size_t i = 0; i < plans.size(); ++i) {
    const Status status = settle({plans[i], requests[i], target, open, notes});
    if (!status) return status;
  }
  return {};
}

}  // namespace simdprof
