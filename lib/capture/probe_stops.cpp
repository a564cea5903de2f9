#include "lib/capture/probe_stops.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

#include "lib/base/fd.h"
#include "lib/capture/open_error.h"
#include "lib/capture/privileged_program.h"
#include "lib/capture/proc_thread.h"
#include "lib/capture/ptrace_requests.h"
#include "lib/capture/target_tasks.h"

namespace simdprof {
namespace {

constexpr unsigned kCapSysPtrace = 19;

bool has_capability(unsigned capability) {
  const auto status = load_text("/proc/self/status", 65536);
  if (!status) return false;
  constexpr std::string_view kKey = "\nCapEff:\t";
  const std::size_t at = status->find(kKey);
  if (at == std::string::npos) return false;
  std::uint64_t effective = 0;
  std::from_chars(status->data() + at + kKey.size(), status->data() + status->size(), effective, 16);
  return ((effective >> capability) & 1U) != 0;
}

// Yama: 0 as the uids allow, 1 own descendants only, 2 with CAP_SYS_PTRACE only, 3 nobody.
std::optional<StopProbe> find_yama_refusal(const TargetSpec& target, const StopFacts& facts) {
  const std::int64_t scope = facts.yama_scope.value_or(0);
  const bool running = target.command.empty();
  if (scope >= 3) return StopProbe{EPERM, "kernel.yama.ptrace_scope is 3: no ptrace until the next boot"};
  if (facts.may_ptrace_any) return std::nullopt;
  if (scope == 2) return StopProbe{EPERM, "kernel.yama.ptrace_scope is 2: needs CAP_SYS_PTRACE, or set it to 1"};
  if (scope == 1 && running) {
    return StopProbe{EPERM, "kernel.yama.ptrace_scope is 1: -p and -t need CAP_SYS_PTRACE, or set it to 0"};
  }
  return std::nullopt;
}

std::string name_tracer(Pid tracer) {
  // /proc names the tracer's thread.
  return fmt::format("traced already by pid {}", find_process_of(tracer).value_or(tracer));
}

std::optional<StopProbe> find_target_refusal(const TargetSpec& target, const StopFacts& facts) {
  for (const auto* ids : {&target.pids, &target.tids}) {
    for (const Tid tid : *ids) {
      const auto status = load_thread_status(tid);
      if (status && status->tracer != 0)
        return StopProbe{EPERM, fmt::format("{} is {}", tid, name_tracer(status->tracer))};
    }
  }
  if (target.command.empty()) return std::nullopt;
  if (!facts.may_ptrace_any) {
    const std::string privilege = find_program_privilege(target.command.front());
    if (!privilege.empty()) {
      return StopProbe{EPERM, fmt::format("{} {}, which a traced program is not granted without CAP_SYS_PTRACE",
                                          target.command.front(), privilege)};
    }
  }
  if (facts.trace_a_child == nullptr) return std::nullopt;
  const StopProbe child = facts.trace_a_child();
  return child.error_number == 0 ? std::nullopt : std::optional(child);
}

// A stop is a signal, a switch to the tracer and a wakeup by it.
bool is_tracepoint_of_stops(std::string_view name) {
  constexpr std::array<std::string_view, 12> kNames = {
      "sched:sched_switch",       "sched:sched_waking",     "sched:sched_wakeup",     "sched:sched_migrate_task",
      "sched:sched_stat_runtime", "sched:sched_stat_wait",  "sched:sched_stat_sleep", "sched:sched_stat_blocked",
      "sched:sched_stat_iowait",  "signal:signal_generate", "signal:signal_deliver",  "rseq:rseq_update"};
  const std::string_view plain = name.substr(0, name.find(':', name.find(':') + 1));  // without modifiers
  return std::find(kNames.begin(), kNames.end(), plain) != kNames.end();
}

// What happens in every stop: each sample would make the next.
bool is_made_by_stops(const EventPlan& event) {
  const std::uint64_t id = event.attr.config;
  switch (event.attr.type) {
    case abi::PERF_TYPE_SOFTWARE:
      return id == abi::PERF_COUNT_SW_CONTEXT_SWITCHES || id == abi::PERF_COUNT_SW_CPU_MIGRATIONS ||
             id == abi::PERF_COUNT_SW_CGROUP_SWITCHES;
    case abi::PERF_TYPE_TRACEPOINT: return is_tracepoint_of_stops(event.name);
    default: return false;
  }
}

}  // namespace

StopFacts load_stop_facts(const KernelLimits& limits) {
  return {limits.yama_scope, has_capability(kCapSysPtrace), abi::probe_xsave_table(), abi::probe_arm64_simd(),
          trace_a_child};
}

StopProbe trace_a_child() {
  const pid_t child = ::fork();
  if (child < 0) return {errno, "no process can be made"};
  if (child == 0) {
    for (;;) ::pause();
  }
  StopProbe probe;
  probe.error_number = ptrace::seize(child, false);
  if (probe.error_number != 0) {
    const auto status = load_thread_status(child);
    const bool traced = status && status->tracer != 0;
    probe.explanation = traced ? fmt::format("simdprof and its children are {}", name_tracer(status->tracer))
                               : "ptrace is refused here (seccomp filter, container or security module)";
  }
  ::kill(child, SIGKILL);
  while (::waitpid(child, nullptr, __WALL) < 0 && errno == EINTR) {
  }
  return probe;
}

StopProbe probe_stops(const EventPlan& event, const TargetSpec& target, const StopFacts& facts,
                      const EventOpener& open) {
  if (target.system_wide || !target.cpus.empty()) {
    return {EINVAL, "whole CPUs (-a, -C) cannot be stopped; record a command, -p or -t"};
  }
  if (!facts.xsave.has(abi::kXsaveSse) && !facts.arm64.neon) {
    return {ENODEV, "this CPU has no vector registers that a tracer can read (XSAVE image or NEON)"};
  }
  if (is_made_by_stops(event)) {
    return {EDEADLK,
            fmt::format("a stop causes {}, so that each sample would make the next: name another event before it",
                        event.name)};
  }
  if (auto refusal = find_yama_refusal(target, facts)) return *refusal;
  abi::EventAttr attr = event.attr;
  attr.flags |= abi::kAttrDisabled | abi::kAttrSigtrap | abi::kAttrRemoveOnExec;
  attr.flags &= ~std::uint64_t{abi::kAttrEnableOnExec};
  attr.read_format = 0;
  const OpenedEvent opened = open(attr, 0, -1);
  if (opened.error_number == EINVAL || opened.error_number == E2BIG) {
    return {opened.error_number, "this kernel has no SIGTRAP events; Linux 5.13 brought them"};
  }
  if (opened.error_number != 0) return {opened.error_number, explain_open_errno(opened.error_number, attr)};
  if (auto refusal = find_target_refusal(target, facts)) return *refusal;
  return {0, fmt::format("user {} at stops", render_image_classes(facts, VectorPlan{}))};
}

std::string limit_stop_rate(EventPlan& event) {
  constexpr std::uint64_t kMostHz = 20000;
  std::uint64_t& frequency_hz = event.attr.sample_period_or_freq;
  if ((event.attr.flags & abi::kAttrFreq) == 0 || frequency_hz <= kMostHz) return {};
  const std::uint64_t asked_hz = std::exchange(frequency_hz, kMostHz);
  return fmt::format("frequency lowered from {} to {} Hz: a stop takes some 30 us of the target's time", asked_hz,
                     kMostHz);
}

std::string render_image_classes(const StopFacts& facts, const VectorPlan& wanted) {
  const abi::XsaveTable& xsave = facts.xsave;
  std::string text;
  const auto add = [&](bool there, const char* name) {
    if (there) text += text.empty() ? name : fmt::format(" {}", name);
  };
  add(wanted.xmm && xsave.has(abi::kXsaveSse), "XMM");
  add(wanted.ymm && xsave.has(abi::kXsaveYmmHi128), "YMM");
  add(wanted.zmm && xsave.has(abi::kXsaveZmmHi256), "ZMM");
  add(wanted.opmask && xsave.has(abi::kXsaveOpmask), "opmask");
  add(wanted.neon && facts.arm64.neon, "NEON");
  add(wanted.sve && facts.arm64.sve, "SVE");
  return text.empty() ? "no vector registers" : text;
}

}  // namespace simdprof
