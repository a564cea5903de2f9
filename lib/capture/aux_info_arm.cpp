#include "lib/capture/aux_info_arm.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>

#include "lib/base/fd.h"

namespace simdprof {
namespace {

std::optional<std::uint64_t> parse_hex_file(const Result<std::string>& text) {
  if (!text) return std::nullopt;
  std::string_view digits = *text;
  if (digits.starts_with("0x")) digits.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (error != std::errc{}) return std::nullopt;
  return value;
}

std::uint64_t load_midr(std::int32_t cpu) {
  constexpr std::size_t kFileBytes = 4096;
  const auto path = fmt::format("/sys/devices/system/cpu/cpu{}/regs/identification/midr_el1", cpu);
  return parse_hex_file(load_text(path, kFileBytes)).value_or(0);
}

// Bits of perf_event_attr.config of cs_etm, and the bits of TRCCONFIGR that they stand for.
// Source: include/linux/coresight-pmu.h (Linux 6.1).
struct ConfigBit {
  unsigned config;
  std::uint64_t trcconfigr;
};
constexpr std::array kConfigBits = {
    ConfigBit{8, 1U << 3U},               // branch broadcast
    ConfigBit{12, 1U << 4U},              // cycle counts
    ConfigBit{14, 1U << 6U},              // context id
    ConfigBit{15, 1U << 7U | 1U << 15U},  // context id of the hypervisor
    ConfigBit{28, 1U << 11U},             // time stamps
    ConfigBit{29, 1U << 12U},             // return stack
};

std::uint64_t trcconfigr_of(std::uint64_t config) {
  std::uint64_t value = 0;
  for (const ConfigBit& bit : kConfigBits) {
    if ((config >> bit.config & 1U) != 0) value |= bit.trcconfigr;
  }
  return value;
}

// The id that kernels before 6.2 give to a CPU's trace; later ones tell it in PERF_RECORD_AUX_OUTPUT_HW_ID.
std::uint64_t legacy_trace_id(std::int32_t cpu) { return 0x10 + static_cast<std::uint64_t>(cpu) * 2; }

constexpr std::uint64_t kEtmv3Magic = 0x3030303030303030;
constexpr std::uint64_t kEtmv4Magic = 0x4040404040404040;
constexpr std::uint64_t kEteMagic = 0x5050505050505050;

/// The words of one CPU's trace unit behind magic, CPU and count.
struct TraceUnit {
  std::uint64_t magic = kEtmv4Magic;
  std::vector<std::uint64_t> words;
};

TraceUnit load_trace_unit(const EventSystem& system, const EventPlan& event, std::int32_t cpu) {
  const auto load = [&](std::string_view file) {
    return parse_hex_file(load_pmu_file(system, event.pmu, fmt::format("cpu{}/{}", cpu, file)));
  };
  const std::uint64_t id = legacy_trace_id(cpu);
  const auto idr0 = load("trcidr/trcidr0");
  if (!idr0) {  // ETMv3 has other registers; its ETMCR takes config's bits as they are
    return {kEtmv3Magic, {event.attr.config, id, load("mgmt/etmccer").value_or(0), load("mgmt/etmidr").value_or(0)}};
  }
  TraceUnit unit{kEtmv4Magic, {trcconfigr_of(event.attr.config), id, *idr0}};
  for (const char* file : {"trcidr/trcidr1", "trcidr/trcidr2", "trcidr/trcidr8", "mgmt/trcauthstatus"}) {
    unit.words.push_back(load(file).value_or(0));
  }
  constexpr std::uint64_t kPresent = 1U << 20U, kPartMask = 0xfff, kEtePart = 0xa13;
  const auto devarch = load("mgmt/trcdevarch");
  if (devarch && (*devarch & kPresent) != 0 && (*devarch & kPartMask) == kEtePart) {
    unit.magic = kEteMagic;
    unit.words.push_back(*devarch);
  }
  const auto source = load_pmu_file(system, event.pmu, fmt::format("cpu{}/ts_source", cpu));
  std::int64_t ts_source = -1;  // not told
  if (source) std::from_chars(source->data(), source->data() + source->size(), ts_source);
  unit.words.push_back(static_cast<std::uint64_t>(ts_source));
  return unit;
}

}  // namespace

std::vector<std::uint64_t> make_spe_words(const EventSystem& system, const AuxEventFacts& facts) {
  constexpr std::uint64_t kVersion = 2, kHeaderWords = 4, kCpuMagic = 0x1010101010101010, kCpuParameters = 3;
  const std::uint64_t type = facts.event.attr.type;
  std::vector<std::uint64_t> words = {kVersion, kHeaderWords, type, facts.cpus.size()};
  std::uint64_t interval = 0;
  if (const auto text = load_pmu_file(system, facts.event.pmu, "caps/min_interval")) {
    std::from_chars(text->data(), text->data() + text->size(), interval);
  }
  for (const std::int32_t cpu : facts.cpus) {
    words.insert(words.end(),
                 {kCpuMagic, static_cast<std::uint64_t>(cpu), kCpuParameters, load_midr(cpu), type, interval});
  }
  return words;
}

std::vector<std::uint64_t> make_etm_words(const EventSystem& system, const AuxEventFacts& facts) {
  constexpr std::uint64_t kVersion = 1;
  const std::uint64_t type = facts.event.attr.type;
  std::vector<std::uint64_t> words = {kVersion, type << 32U | facts.cpus.size(), facts.snapshot ? 1U : 0U};
  for (const std::int32_t cpu : facts.cpus) {
    const TraceUnit unit = load_trace_unit(system, facts.event, cpu);
    words.insert(words.end(), {unit.magic, static_cast<std::uint64_t>(cpu), unit.words.size()});
    words.insert(words.end(), unit.words.begin(), unit.words.end());
  }
  return words;
}

}  // namespace simdprof
