#include "cmd/export_features.h"

#include <array>
#include <charconv>
#include <optional>
#include <string_view>

#include "lib/perfdata/tracing_data.h"

namespace simdprof::cmd {
namespace {

constexpr std::size_t kMaxPathBytes = 4096;  // PATH_MAX; an entry's size has 16 bits
constexpr std::size_t kMaxBuildIdBytes = 20;

struct TextFact {
  const char* key;  ///< of RecordingFacts::host
  abi::PerfFeature feature;
};
constexpr std::array kTextFacts = {
    TextFact{"hostname", abi::HEADER_HOSTNAME}, TextFact{"release", abi::HEADER_OSRELEASE},
    TextFact{"arch", abi::HEADER_ARCH},         TextFact{"cpu", abi::HEADER_CPUDESC},
    TextFact{"cpuid", abi::HEADER_CPUID},
};

const std::string* find_fact(const RecordingFacts& facts, const char* key) {
  const auto found = facts.host.find(key);
  return found == facts.host.end() || found->second.empty() ? nullptr : &found->second;
}

template <class Number>
std::optional<Number> number_fact(const RecordingFacts& facts, const char* key) {
  const std::string* text = find_fact(facts, key);
  if (text == nullptr) return std::nullopt;
  Number value = 0;
  const auto parsed = std::from_chars(text->data(), text->data() + text->size(), value);
  if (parsed.ec != std::errc{} || parsed.ptr != text->data() + text->size()) return std::nullopt;
  return value;
}

/// Lower-case hex to bytes; empty when it is none, or no build id.
std::vector<std::byte> build_id_bytes(std::string_view hex) {
  std::vector<std::byte> bytes;
  if (hex.size() % 2 != 0 || hex.size() > 2 * kMaxBuildIdBytes) return bytes;
  for (; !hex.empty(); hex.remove_prefix(2)) {
    unsigned value = 0;
    const auto parsed = std::from_chars(hex.data(), hex.data() + 2, value, 16);
    if (parsed.ec != std::errc{} || parsed.ptr != hex.data() + 2) return {};
    bytes.push_back(static_cast<std::byte>(value));
  }
  return bytes;
}

/// Kernel and modules: "[kernel.kallsyms]", "[ext4]", "/lib/modules/.../ext4.ko.xz".
bool is_kernel_file(std::string_view path) {
  if (path.starts_with("[")) return path != "[vdso]" && path != "[vsyscall]";
  return path.find(".ko") != std::string_view::npos && path.find("/modules/") != std::string_view::npos;
}

Status add_texts(perfdata::Writer& writer, const RecordingFacts& facts) {
  for (const TextFact& fact : kTextFacts) {
    const std::string* text = find_fact(facts, fact.key);
    if (text == nullptr) continue;
    if (auto added = writer.add_feature(fact.feature, perfdata::encode_text_feature(*text, writer.order())); !added) {
      return added;
    }
  }
  if (const std::string* words = find_fact(facts, "cmdline")) {
    return writer.add_feature(abi::HEADER_CMDLINE, perfdata::encode_command_line({words, 1}, writer.order()));
  }
  return {};
}

/// Version of the program that made the recording.
Status add_version(perfdata::Writer& writer, const RecordingFacts& facts) {
  std::string version;
  if (const std::string* ours = find_fact(facts, "simdprof")) version = "simdprof " + *ours;
  if (const std::string* perf = find_fact(facts, "perf_version")) version = *perf;
  if (version.empty()) return {};
  return writer.add_feature(abi::HEADER_VERSION, perfdata::encode_text_feature(version, writer.order()));
}

Status add_numbers(perfdata::Writer& writer, const RecordingFacts& facts) {
  const auto cpus = number_fact<std::uint32_t>(facts, "cpus");
  const auto online = number_fact<std::uint32_t>(facts, "cpus_online");
  if (cpus && online) {
    auto counts = perfdata::encode_cpu_counts(*cpus, *online, writer.order());
    if (auto added = writer.add_feature(abi::HEADER_NRCPUS, std::move(counts)); !added) return added;
  }
  if (const auto kib = number_fact<std::uint64_t>(facts, "memory_kb")) {
    auto memory = perfdata::encode_number_feature(*kib, writer.order());
    if (auto added = writer.add_feature(abi::HEADER_TOTAL_MEM, std::move(memory)); !added) return added;
  }
  if (const auto ns = number_fact<std::uint64_t>(facts, "clockid_resolution_ns")) {
    return writer.add_feature(abi::HEADER_CLOCKID, perfdata::encode_number_feature(*ns, writer.order()));
  }
  return {};
}

Status add_clock(perfdata::Writer& writer, const RecordingFacts& facts) {
  const auto reference = facts.clock_reference();
  if (!reference) return {};
  return writer.add_feature(abi::HEADER_CLOCK_DATA, perfdata::encode_clock_data(*reference, writer.order()));
}

Status add_build_ids(perfdata::Writer& writer, const RecordingFacts& facts) {
  for (const auto& [path, hex] : facts.build_ids) {
    perfdata::OutBuildId entry;
    entry.id = build_id_bytes(hex);
    if (entry.id.empty() || path.empty() || path.size() > kMaxPathBytes) continue;
    entry.misc = is_kernel_file(path) ? abi::PERF_RECORD_MISC_KERNEL : abi::PERF_RECORD_MISC_USER;
    entry.path = path;
    if (auto added = writer.add_build_id(entry); !added) return added;
  }
  return {};
}

/// The formats of the tracepoints that are events.
Status add_tracepoints(perfdata::Writer& writer, const RecordingFacts& facts) {
  perfdata::OutTracingData data;
  for (const auto* tracepoint : facts.tracepoints_of_events()) {
    data.tracepoints.push_back({tracepoint->system, tracepoint->format});
  }
  if (data.tracepoints.empty()) return {};
  data.kernel_texts = facts.kernel_texts;
  data.long_bytes = facts.long_bytes();
  data.page_bytes = number_fact<std::uint32_t>(facts, "page_bytes").value_or(data.page_bytes);
  return writer.add_tracing_data(perfdata::encode_tracing_data(data, writer.order()));
}

}  // namespace

Status add_features(perfdata::Writer& writer, const RecordingFacts& facts) {
  for (const auto add : {add_texts, add_version, add_numbers, add_clock, add_tracepoints, add_build_ids}) {
    if (auto added = add(writer, facts); !added) return added;
  }
  return {};
}

}  // namespace simdprof::cmd
