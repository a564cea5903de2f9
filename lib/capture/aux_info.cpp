#include "lib/capture/aux_info.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstring>

#include "lib/capture/aux_info_arm.h"
#include "lib/capture/aux_pmu.h"

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

namespace simdprof {
namespace {

struct CpuidLeaf {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
};

CpuidLeaf load_cpuid([[maybe_unused]] unsigned leaf) {
  CpuidLeaf out;
#if defined(__x86_64__) || defined(__i386__)
  if (__get_cpuid(leaf, &out.eax, &out.ebx, &out.ecx, &out.edx) == 0) return {};
#endif
  return out;
}

// The bits of config that a term sets, all of them set; 0 where the PMU has no such term.
std::uint64_t config_bits(const EventSystem& system, std::string_view pmu, std::string_view term) {
  const auto text = load_pmu_file(system, pmu, fmt::format("format/{}", term));
  const auto bits = text ? parse_format_bits(*text) : Result<FormatBits>(fail(Errc::not_found, ""));
  if (!bits || bits->word != FormatBits::Word::config) return 0;
  std::uint64_t mask = 0;
  for (const FormatBits::Run& run : bits->runs) mask |= (~std::uint64_t{0} >> (63 - (run.high - run.low))) << run.low;
  return mask;
}

std::uint64_t load_number(const EventSystem& system, std::string_view pmu, std::string_view file) {
  const auto text = load_pmu_file(system, pmu, file);
  std::uint64_t value = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), value);
  return value;
}

std::vector<std::uint64_t> intel_pt_words(const EventSystem& system, const AuxEventFacts& facts) {
  const std::string& pmu = facts.event.pmu;
  // 2: switches of the tasks that are recorded; 3: of all tasks of a CPU.
  const bool whole_cpus = facts.per_cpu && (facts.event.attr.flags & abi::kAttrInherit) == 0;
  constexpr std::uint64_t kTaskSwitches = 2, kCpuSwitches = 3;
  const CpuidLeaf tsc = load_cpuid(0x15);
  std::vector<std::uint64_t> words = {facts.event.attr.type,
                                      facts.time.shift,
                                      facts.time.mult,
                                      facts.time.zero,
                                      facts.time.known ? 1U : 0U,
                                      config_bits(system, pmu, "tsc"),
                                      config_bits(system, pmu, "noretcomp"),
                                      whole_cpus ? kCpuSwitches : kTaskSwitches,
                                      facts.snapshot ? 1U : 0U,
                                      facts.per_cpu ? 1U : 0U,
                                      config_bits(system, pmu, "mtc"),
                                      config_bits(system, pmu, "mtc_period"),
                                      tsc.ebx,
                                      tsc.eax,
                                      config_bits(system, pmu, "cyc"),
                                      load_number(system, pmu, "max_nonturbo_ratio"),
                                      facts.event.filter.size()};
  const std::size_t filter_words = facts.event.filter.empty() ? 0 : (facts.event.filter.size() + 1 + 7) / 8;
  const std::size_t filter_at = words.size();
  words.resize(filter_at + filter_words);
  if (filter_words != 0) std::memcpy(&words[filter_at], facts.event.filter.data(), facts.event.filter.size());
  words.push_back(load_number(system, pmu, "caps/event_trace"));
  return words;
}

std::vector<std::uint64_t> intel_bts_words(const AuxEventFacts& facts) {
  return {facts.event.attr.type, facts.time.shift,           facts.time.mult,
          facts.time.zero,       facts.time.known ? 1U : 0U, facts.snapshot ? 1U : 0U};
}

// The files of a folder as "name=text" lines, sorted.
std::string join_folder(const EventSystem& system, std::string_view pmu, std::string_view folder) {
  std::string lines;
  for (const std::string& name : list_pmu_folder(system, pmu, folder)) {
    const auto text = load_pmu_file(system, pmu, fmt::format("{}/{}", folder, name));
    if (text) lines += fmt::format("{}{}={}", lines.empty() ? "" : " ", name, *text);
  }
  return lines;
}

}  // namespace

AuxTraceInfo make_aux_info(const EventSystem& system, const AuxEventFacts& facts) {
  AuxTraceInfo info;
  info.type = find_aux_type(facts.event.pmu);
  info.config = facts.event.attr.config;
  switch (info.type) {
    case AuxTraceType::intel_pt: info.words = intel_pt_words(system, facts); break;
    case AuxTraceType::intel_bts: info.words = intel_bts_words(facts); break;
    case AuxTraceType::arm_spe: info.words = make_spe_words(system, facts); break;
    case AuxTraceType::cs_etm: info.words = make_etm_words(system, facts); break;
    case AuxTraceType::hisi_ptt: info.words = {facts.event.attr.type}; break;
    case AuxTraceType::s390_cpumsf:
    case AuxTraceType::unknown:
      info.words = {facts.event.attr.type, facts.snapshot ? 1U : 0U, facts.per_cpu ? 1U : 0U};
      break;
  }
  return info;
}

std::string load_cpuid_name() {
  const CpuidLeaf vendor = load_cpuid(0);
  if (vendor.eax == 0) return {};
  std::array<char, 12> name{};
  std::memcpy(name.data(), &vendor.ebx, 4);
  std::memcpy(name.data() + 4, &vendor.edx, 4);
  std::memcpy(name.data() + 8, &vendor.ecx, 4);
  const unsigned signature = load_cpuid(1).eax;
  unsigned family = signature >> 8U & 0xfU;
  unsigned model = signature >> 4U & 0xfU;
  if (family == 6 || family == 15) model += (signature >> 16U & 0xfU) << 4U;
  if (family == 15) family += signature >> 20U & 0xffU;
  return fmt::format("{},{},{},{}", std::string_view(name.data(), name.size()), family, model, signature & 0xfU);
}

std::map<std::string, std::string> collect_aux_facts(const EventSystem& system, const AuxEventFacts& facts) {
  std::map<std::string, std::string> out;
  out["aux_pmu"] = facts.event.pmu;
  out["aux_caps"] = join_folder(system, facts.event.pmu, "caps");
  out["aux_format"] = join_folder(system, facts.event.pmu, "format");
  out["cpuid"] = load_cpuid_name();
  const CpuidLeaf tsc = load_cpuid(0x15);
  const CpuidLeaf mhz = load_cpuid(0x16);
  if (tsc.eax != 0 || mhz.eax != 0) {
    out["cpuid_tsc"] =
        fmt::format("ratio {}/{} crystal_hz {} base_mhz {}", tsc.ebx, tsc.eax, tsc.ecx, mhz.eax & 0xffffU);
  }
  if (facts.time.known) out[std::string(abi::kTimeConversionFact)] = abi::time_conversion_text(facts.time);
  std::erase_if(out, [](const auto& fact) { return fact.second.empty(); });
  return out;
}

}  // namespace simdprof
