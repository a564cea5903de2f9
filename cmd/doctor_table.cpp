#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <string_view>
#include <utility>

#include "cmd/doctor.h"
#include "lib/abi/arm64_regsets.h"
#include "lib/abi/xsave.h"
#include "lib/capture/attr_build.h"
#include "lib/capture/aux_pmu.h"
#include "lib/capture/cpu_list.h"
#include "lib/capture/event_settle.h"
#include "lib/capture/kernel_limits.h"
#include "lib/capture/kernel_maps.h"
#include "lib/capture/metadata.h"
#include "lib/capture/open_error.h"
#include "lib/capture/probe_kernel.h"
#include "lib/capture/probe_stops.h"
#include "lib/capture/register_list.h"

namespace simdprof::cmd {
namespace {

// An attribute as `record -e NAME` would make it.
abi::EventAttr attr_of(std::uint32_t type, std::uint64_t config, const KernelLimits& limits) {
  EventRequest request;
  request.attr.type = type;
  request.attr.config = config;
  request.attr.flags = abi::kAttrExcludeGuest;
  SamplingOptions options;
  options.user_regs = options.intr_regs = abi::gpr_mask(native_arch());
  std::vector<std::string> notes;
  abi::EventAttr attr = build_event_plans({request}, options, limits, notes).front().attr;
  attr.read_format &= ~std::uint64_t{abi::PERF_FORMAT_LOST};  // every kernel takes it so
  attr.flags |= abi::kAttrDisabled;
  return attr;
}

// What record falls back to where kernel samples are not allowed.
abi::EventAttr with_allowed_modes(abi::EventAttr attr) {
  const int error_number = open_for_probe(attr, 0, -1).error_number;
  if (error_number == EACCES || error_number == EPERM) attr.flags |= abi::kAttrExcludeKernel;
  return attr;
}

DoctorRow try_event(std::string_view capability, const abi::EventAttr& attr, const ProbeTarget& target) {
  const OpenedEvent opened = open_for_probe(attr, target.pid, target.cpu);
  DoctorRow row{"gpr", std::string(capability), opened.error_number, {}};
  if (row.error_number != 0) row.explanation = explain_open_errno(row.error_number, attr);
  return row;
}

void add_general_rows(const KernelLimits& limits, DoctorTable& table) {
  const auto cycles = attr_of(abi::PERF_TYPE_HARDWARE, abi::PERF_COUNT_HW_CPU_CYCLES, limits);
  const auto task_clock = attr_of(abi::PERF_TYPE_SOFTWARE, abi::PERF_COUNT_SW_TASK_CLOCK, limits);
  const auto cpu_clock = attr_of(abi::PERF_TYPE_SOFTWARE, abi::PERF_COUNT_SW_CPU_CLOCK, limits);
  auto user_only = task_clock;
  user_only.flags |= abi::kAttrExcludeKernel;
  const ProbeTarget own{0, -1};
  table.rows.push_back(try_event("own programs, user mode, by clock", user_only, own));
  table.rows.push_back(try_event("own programs, kernel mode too, by clock", task_clock, own));
  table.rows.push_back(try_event("own programs, by the cycle counter", with_allowed_modes(cycles), own));
  table.rows.push_back(try_event("whole CPUs (-a)", with_allowed_modes(cpu_clock), {-1, load_online_cpus().front()}));
}

void add_kernel_rows(const KernelLimits& limits, DoctorTable& table) {
  const auto cycles = attr_of(abi::PERF_TYPE_HARDWARE, abi::PERF_COUNT_HW_CPU_CYCLES, limits);
  const KernelProbe probe = probe_kernel_vectors(with_allowed_modes(cycles), VectorPlan{}, {0, -1}, open_for_probe);
  for (const VectorTrial& trial : probe.trials) {
    table.rows.push_back({"kernel", trial.what, trial.error_number, trial.meaning});
  }
}

void add_stop_rows(const KernelLimits& limits, DoctorTable& table) {
  EventPlan task_clock;
  task_clock.attr = with_allowed_modes(attr_of(abi::PERF_TYPE_SOFTWARE, abi::PERF_COUNT_SW_TASK_CLOCK, limits));
  task_clock.name = "task-clock";
  const StopFacts facts = load_stop_facts(limits);
  TargetSpec command;
  command.command = {"true"};
  TargetSpec running;
  running.pids = {1};
  for (const auto& [capability, target] :
       {std::pair{"a command", &command}, std::pair{"running processes (-p, -t)", &running}}) {
    const StopProbe probe = probe_stops(task_clock, *target, facts, open_for_probe);
    table.rows.push_back({"ptrace", capability, probe.error_number, probe.explanation});
  }
}

// PMUs that write a trace, tried as `record -e PMU//u` would open them.
void add_aux_rows(DoctorTable& table) {
  const EventSystem system;
  const auto pmus = list_aux_pmus(system);
  for (const std::string& pmu : pmus) {
    abi::EventAttr attr;
    DoctorRow row{"aux", pmu + "//u", 0, {}};
    const auto applied = apply_pmu_terms(system, pmu, {}, attr);
    attr.size = smallest_attr_size(attr);
    attr.sample_period_or_freq = default_aux_period(system, pmu);
    attr.flags |= abi::kAttrDisabled | abi::kAttrExcludeKernel | abi::kAttrExcludeHv;
    row.error_number = applied ? open_for_probe(attr, 0, -1).error_number : ENODEV;
    if (row.error_number != 0) row.explanation = explain_open_errno(row.error_number, attr);
    table.rows.push_back(std::move(row));
  }
  if (!pmus.empty()) return;
  table.rows.push_back({"aux", "traces of branches or accesses", ENODEV,
                        "this machine has no PMU that is known to write them (Intel PT or BTS, Arm SPE, CoreSight, "
                        "HiSilicon PTT); most virtual machines hide theirs"});
}

std::string render_number(const std::optional<std::int64_t>& value) {
  return value ? std::to_string(*value) : "absent";
}

std::string render_memlock() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_MEMLOCK, &limit) != 0) return "unknown";
  return limit.rlim_cur == RLIM_INFINITY ? "unlimited" : fmt::format("{} KiB", limit.rlim_cur / 1024);
}

std::string render_components(const abi::XsaveTable& table) {
  constexpr std::array<std::pair<unsigned, const char*>, 8> kNames = {{{abi::kXsaveX87, "x87"},
                                                                       {abi::kXsaveSse, "SSE"},
                                                                       {abi::kXsaveYmmHi128, "AVX"},
                                                                       {abi::kXsaveOpmask, "opmask"},
                                                                       {abi::kXsaveZmmHi256, "ZMM_Hi256"},
                                                                       {abi::kXsaveHi16Zmm, "Hi16_ZMM"},
                                                                       {abi::kXsaveTileData, "AMX"},
                                                                       {abi::kXsaveApx, "APX"}}};
  if (table.xcr0_mask == 0) return "none (no XSAVE)";
  std::string text = fmt::format("{:#x}:", table.xcr0_mask);
  for (const auto& [component, name] : kNames) {
    if (table.has(component)) text += fmt::format(" {}", name);
  }
  return text;
}

// What a tracer can read here.
DoctorFact vector_fact() {
  const abi::Arm64Simd arm64 = abi::probe_arm64_simd();
  if (!arm64.neon) return {"XCR0", render_components(abi::probe_xsave_table())};
  if (!arm64.sve) return {"vector registers", "NEON"};
  return {"vector registers",
          fmt::format("NEON, SVE of {} bits unless a program changes it", abi::probe_sve_vector_bytes() * 8)};
}

void add_facts(const KernelLimits& limits, DoctorTable& table) {
  const auto host = collect_host_facts();
  const auto host_fact = [&](const char* key) {
    const auto found = host.find(key);
    return found == host.end() ? std::string("unknown") : found->second;
  };
  table.facts = {
      {"kernel", host_fact("release")},
      {"cpu", host_fact("cpu")},
      vector_fact(),
      {"user", ::geteuid() == 0 ? "root" : fmt::format("uid {}", ::geteuid())},
      {"kernel.perf_event_paranoid", render_number(limits.paranoid)},
      {"kernel.perf_event_max_sample_rate", render_number(limits.max_sample_rate)},
      {"kernel.perf_event_mlock_kb", render_number(limits.mlock_kb)},
      {"ulimit -l", render_memlock()},
      {"kernel.kptr_restrict", render_number(limits.kptr_restrict)},
      {"kernel symbols", load_kernel_mappings().empty() ? "hidden" : "visible"},
      {"kernel.yama.ptrace_scope", render_number(limits.yama_scope)},
  };
}

}  // namespace

DoctorTable examine_machine() {
  DoctorTable table;
  const KernelLimits limits = load_kernel_limits();
  add_kernel_rows(limits, table);
  add_stop_rows(limits, table);
  add_general_rows(limits, table);
  add_aux_rows(table);
  add_facts(limits, table);
  return table;
}

}  // namespace simdprof::cmd
