#include "lib/capture/aux_pmu.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>

#include "lib/capture/aux_ring.h"
#include "lib/capture/cpu_list.h"
#include "lib/capture/event_open.h"
#include "lib/capture/ring.h"

namespace simdprof {
namespace {

struct KnownPmu {
  std::string_view name;
  bool numbered;  ///< a number follows, one PMU a kind of CPU
  AuxTraceType type;
  std::string_view missing;
};

constexpr std::array kKnown = {
    KnownPmu{"intel_pt", false, AuxTraceType::intel_pt,
             "Intel Processor Trace needs an Intel CPU that has it; virtual machines seldom show it"},
    KnownPmu{"intel_bts", false, AuxTraceType::intel_bts,
             "Intel Branch Trace Store needs an Intel CPU; virtual machines do not show it"},
    KnownPmu{"cs_etm", false, AuxTraceType::cs_etm,
             "CoreSight needs an Arm machine whose firmware describes its trace units, and the coresight modules"},
    KnownPmu{"arm_spe_", true, AuxTraceType::arm_spe,
             "Arm SPE needs an Arm CPU of v8.2 or later with it, and the arm_spe_pmu module"},
    KnownPmu{"hisi_ptt", true, AuxTraceType::hisi_ptt, "HiSilicon PTT needs a HiSilicon PCIe root port"},
};

const KnownPmu* find_known(std::string_view pmu) {
  for (const KnownPmu& known : kKnown) {
    if (known.numbered ? pmu.starts_with(known.name) : pmu == known.name) return &known;
  }
  return nullptr;
}

// A number of a caps/ file; empty where there is none.
std::optional<std::uint64_t> load_cap(const EventSystem& system, std::string_view pmu, std::string_view cap, int base) {
  const auto text = load_pmu_file(system, pmu, fmt::format("caps/{}", cap));
  if (!text) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value, base);
  if (error != std::errc{}) return std::nullopt;
  return value;
}

bool has_format(const EventSystem& system, std::string_view pmu, std::string_view name) {
  return load_pmu_file(system, pmu, fmt::format("format/{}", name)).has_value();
}

// The largest of the offered values (bits of a mask) up to `wish`, or the smallest above it.
unsigned nearest_offered(std::uint64_t offered, unsigned wish) {
  unsigned best = 64;
  for (unsigned bit = 0; bit < 64; ++bit) {
    if ((offered >> bit & 1U) == 0) continue;
    if (bit <= wish || best == 64) best = bit;
  }
  return best;
}

// Time: TSC at each synchronisation point, MTC between them, a PSB every 16 KiB. Branches at all, where that is a
// choice.
std::vector<PmuTerm> intel_pt_terms(const EventSystem& system, std::string_view pmu) {
  constexpr unsigned kWishedPeriod = 3;
  std::vector<PmuTerm> terms;
  const auto add = [&](const char* name, std::string value) {
    if (has_format(system, pmu, name)) terms.push_back({name, std::move(value), 0});
  };
  add("tsc", {});
  const std::uint64_t mtc_periods = load_cap(system, pmu, "mtc_periods", 16).value_or(0);
  const bool mtc = load_cap(system, pmu, "mtc", 10).value_or(1) != 0 && mtc_periods != 0;
  if (mtc) {
    add("mtc", {});
    add("mtc_period", std::to_string(nearest_offered(mtc_periods, kWishedPeriod)));
  }
  const std::uint64_t psb_periods = load_cap(system, pmu, "psb_periods", 16).value_or(0);
  if (load_cap(system, pmu, "psb_cyc", 10).value_or(1) != 0 && mtc && psb_periods != 0) {
    add("psb_period", std::to_string(nearest_offered(psb_periods, kWishedPeriod)));
  }
  if (has_format(system, pmu, "pt") && has_format(system, pmu, "branch")) {
    add("pt", {});
    add("branch", {});
  }
  return terms;
}

}  // namespace

AuxTraceType find_aux_type(std::string_view pmu) {
  const KnownPmu* known = find_known(pmu);
  return known == nullptr ? AuxTraceType::unknown : known->type;
}

std::string_view aux_pmu_missing(std::string_view pmu) {
  const KnownPmu* known = find_known(pmu);
  return known == nullptr ? std::string_view{} : known->missing;
}

std::vector<PmuTerm> default_aux_terms(const EventSystem& system, std::string_view pmu) {
  if (find_aux_type(pmu) == AuxTraceType::intel_pt) return intel_pt_terms(system, pmu);
  if (find_aux_type(pmu) == AuxTraceType::arm_spe && has_format(system, pmu, "ts_enable"))
    return {{"ts_enable", {}, 0}};
  return {};
}

std::uint64_t default_aux_period(const EventSystem& system, std::string_view pmu) {
  constexpr std::uint64_t kLargestSpeInterval = 4096;  // PMSIDR_EL1.INTERVAL knows none above
  if (find_aux_type(pmu) != AuxTraceType::arm_spe) return 1;
  return load_cap(system, pmu, "min_interval", 10).value_or(kLargestSpeInterval);
}

std::vector<std::int32_t> load_pmu_cpus(const EventSystem& system, std::string_view pmu) {
  const auto text = load_pmu_file(system, pmu, "cpumask");
  if (!text) return {};
  auto cpus = parse_cpu_list(*text);
  return cpus ? std::move(*cpus) : std::vector<std::int32_t>{};
}

std::vector<std::string> list_aux_pmus(const EventSystem& system) {
  std::vector<std::string> found = list_pmus(system);
  std::erase_if(found, [](const std::string& pmu) { return find_known(pmu) == nullptr; });
  return found;
}

bool probe_aux_area(const abi::EventAttr& attr, Pid pid, std::int32_t cpu) {
  abi::EventAttr alone = attr;
  alone.flags |= abi::kAttrDisabled;
  alone.flags &= ~(abi::kAttrInherit | abi::kAttrEnableOnExec);  // no task's ring is mapped for heirs
  alone.read_format = 0;
  const OpenedEvent opened = open_event(alone, pid, cpu);
  if (opened.error_number != 0) return false;
  const auto ring = Ring::map(opened.fd.get(), 1);
  if (!ring) return false;
  const auto area = AuxRing::map(opened.fd.get(), *ring, 1, AuxRing::Mode::full_trace);
  return area || area.error().code != Errc::unsupported;
}

}  // namespace simdprof
