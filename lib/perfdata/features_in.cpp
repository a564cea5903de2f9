#include "lib/perfdata/features_in.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/abi/attr_bytes.h"
#include "lib/abi/clock_reference.h"
#include "lib/abi/perf_file.h"
#include "lib/perfdata/tracing_data.h"

namespace simdprof::perfdata {
namespace {

constexpr std::size_t kMaxTextBytes = 50000;  ///< of a fact; longer lists are cut

/// u32 length (padded), bytes, NUL.
std::string_view take_text(Cursor& in) {
  const std::uint32_t length = in.u32();
  return in.padded_text(length);
}

void append_part(std::string& text, std::string_view part) {
  if (text.size() + part.size() > kMaxTextBytes) return;
  if (!text.empty()) text += ", ";
  text += part;
}

/// Calls `one` for each of a u32 count of things that have at least four bytes each.
template <class One>
void take_each(Cursor& in, One one) {
  const std::uint32_t count = in.u32();
  if (count > in.remaining() / 4) return in.latch();
  for (std::uint32_t i = 0; i < count && !in.failed(); ++i) one(i);
}

std::string take_texts(Cursor& in) {
  std::string text;
  take_each(in, [&](std::uint32_t) { append_part(text, take_text(in)); });
  return text;
}

void read_cpus(Cursor& in, Metadata& out) {
  const std::uint32_t available = in.u32();
  const std::uint32_t online = in.u32();
  if (in.failed()) return;
  out.add_fact("cpus", std::to_string(available));
  out.add_fact("cpus_online", std::to_string(online));
}

void read_cmdline(Cursor& in, Metadata& out) {
  std::string line;
  take_each(in, [&](std::uint32_t) {
    const std::string_view word = take_text(in);
    if (line.size() + word.size() > kMaxTextBytes) return;
    if (!line.empty()) line += ' ';
    line += word;
  });
  out.add_fact("cmdline", line);
}

/// Attributes again, with names and ids.
void read_event_desc(Cursor& in, Metadata& out) {
  const std::uint32_t count = in.u32();
  const std::uint32_t attr_bytes = in.u32();
  for (std::uint32_t i = 0; i < count && !in.failed(); ++i) {
    const auto attr = in.take(attr_bytes);
    const std::uint32_t ids = in.u32();
    const std::string_view name = take_text(in);
    if (ids > in.remaining() / 8) return in.latch();
    std::vector<std::uint64_t> values(ids);
    for (std::uint64_t& value : values) value = in.u64();
    if (in.failed() || attr.size() < abi::PERF_ATTR_SIZE_VER0) return;
    out.name_event(i, name);
    out.describe_again(abi::decode_attr(Cursor{attr, 0, in.order()}), std::move(values));
  }
}

void read_build_ids(Cursor& in, Metadata& out) {
  constexpr std::size_t kFixed = 8 + 4 + 24;  // header, pid, id with its size
  while (in.remaining() > kFixed) {
    in.skip(4);  // type: not every writer sets it
    const std::uint16_t misc = in.u16();
    const std::uint16_t size = in.u16();
    in.skip(4);  // pid
    const auto id = in.take(20);
    const std::uint8_t id_bytes = in.u8();
    in.skip(3);
    if (in.failed() || size < kFixed) return in.latch();
    const std::string_view path = in.padded_text(size - kFixed);
    const bool sized = (misc & abi::PERF_RECORD_MISC_BUILD_ID_SIZE) != 0 && id_bytes <= id.size();
    if (!in.failed()) out.add_build_id(id.first(sized ? id_bytes : id.size()), path);
  }
}

void read_cpu_topology(Cursor& in, Metadata& out) {
  out.add_fact("cores", take_texts(in));
  out.add_fact("core_threads", take_texts(in));
}

void read_numa_topology(Cursor& in, Metadata& out) {
  std::string text;
  take_each(in, [&](std::uint32_t) {
    const std::uint32_t node = in.u32();
    const std::uint64_t total_kb = in.u64();
    in.skip(8);  // free
    append_part(text, fmt::format("node {}: {} kB, cpus {}", node, total_kb, take_text(in)));
  });
  out.add_fact("numa_nodes", text);
}

void read_pmu_mappings(Cursor& in, Metadata& out) {
  std::string text;
  take_each(in, [&](std::uint32_t) {
    const std::uint32_t type = in.u32();
    append_part(text, fmt::format("{} = {}", take_text(in), type));
  });
  out.add_fact("pmus", text);
}

void read_group_desc(Cursor& in, Metadata& out) {
  std::string text;
  take_each(in, [&](std::uint32_t) {
    const std::string_view name = take_text(in);
    const std::uint32_t leader = in.u32();
    const std::uint32_t members = in.u32();
    append_part(text, fmt::format("{} of {} events from event {}", name.empty() ? "group" : name, members, leader));
  });
  out.add_fact("event_groups", text);
}

void read_cache(Cursor& in, Metadata& out) {
  in.skip(4);  // version
  std::string text;
  take_each(in, [&](std::uint32_t) {
    const std::uint32_t level = in.u32();
    in.skip(12);  // line size, sets, ways
    const std::string_view type = take_text(in);
    const std::string_view size = take_text(in);
    append_part(text, fmt::format("L{} {} {} [{}]", level, type, size, take_text(in)));
  });
  out.add_fact("caches", text);
}

void read_sample_time(Cursor& in, Metadata& out) {
  const std::uint64_t first_ns = in.u64();
  const std::uint64_t last_ns = in.u64();
  if (last_ns != 0) out.add_fact("sample_time_ns", fmt::format("{} to {}", first_ns, last_ns));
}

void read_compressed(Cursor& in, Metadata& out) {
  in.skip(4);  // version
  const std::uint32_t type = in.u32();
  const std::uint32_t level = in.u32();
  const std::uint32_t ratio = in.u32();
  const std::uint32_t ring_bytes = in.u32();
  if (in.failed()) return;
  out.add_fact("perf_compression",
               fmt::format("{}, level {}, ratio {}, rings of {} bytes",
                           type == 1 ? "zstd" : fmt::format("type {}", type), level, ratio, ring_bytes));
}

void read_clock_data(Cursor& in, Metadata& out) {
  in.skip(4);  // version
  abi::ClockReference reference;
  reference.clockid = in.u32();
  reference.wall_ns = in.u64();
  reference.clock_ns = in.u64();
  if (!in.failed()) out.add_fact(std::string(abi::kClockReferenceFact), abi::clock_reference_text(reference));
}

std::string take_capabilities(Cursor& in) {
  std::string text;
  take_each(in, [&](std::uint32_t) {
    const std::string_view name = take_text(in);
    append_part(text, fmt::format("{}={}", name, take_text(in)));
  });
  return text;
}

void read_pmu_caps(Cursor& in, Metadata& out) {
  take_each(in, [&](std::uint32_t) {
    const std::string caps = take_capabilities(in);
    const std::string_view pmu = take_text(in);
    if (!in.failed()) out.add_fact(fmt::format("caps_of_{}", pmu.substr(0, 64)), caps);
  });
}

void read_hybrid(Cursor& in, Metadata& out) {
  std::string text;
  take_each(in, [&](std::uint32_t) {
    const std::string_view pmu = take_text(in);
    append_part(text, fmt::format("{}: cpus {}", pmu, take_text(in)));
  });
  out.add_fact("core_types", text);
}

/// uname's name of an ELF machine number, where a recording has no ARCH.
std::string_view machine_name(std::uint32_t machine) {
  switch (machine) {
    case 3: return "i686";
    case 21: return "ppc64";
    case 22: return "s390x";
    case 40: return "armv7l";
    case 62: return "x86_64";
    case 183: return "aarch64";
    case 243: return "riscv64";
    default: return {};
  }
}

void read_machine(Cursor& in, Metadata& out) {
  const std::uint32_t machine = in.u32();
  if (in.failed()) return;
  out.add_fact("elf_machine", std::to_string(machine));
  if (!out.facts().contains("arch")) out.add_fact("arch", machine_name(machine));
}

/// "name,type,config" a line: simpleperf's event names.
void read_event_types(std::string_view lines, Metadata& out) {
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    const std::size_t config_at = line.rfind(',');
    if (config_at == std::string_view::npos || config_at == 0) continue;
    const std::size_t type_at = line.rfind(',', config_at - 1);
    if (type_at == std::string_view::npos) continue;
    const std::string type{line.substr(type_at + 1, config_at - type_at - 1)};
    const std::string config{line.substr(config_at + 1)};
    out.name_events_of_config(static_cast<std::uint32_t>(std::strtoul(type.c_str(), nullptr, 10)),
                              std::strtoull(config.c_str(), nullptr, 10), line.substr(0, type_at));
  }
}

/// Keys and values, a NUL after each.
void read_meta_info(Cursor& in, Metadata& out) {
  const auto bytes = in.take(in.remaining());
  std::string text;
  for (const std::byte byte : bytes) text += static_cast<char>(byte);
  std::string_view rest = text;
  const auto next = [&] {
    const std::string_view word = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    return word;
  };
  while (!rest.empty()) {
    const std::string_view key = next();
    const std::string_view value = next();
    if (key == "event_type_info") {
      read_event_types(value, out);
    } else if (!key.empty() && key.size() < 64) {
      out.add_fact(fmt::format("simpleperf_{}", key), value.substr(0, kMaxTextBytes));
    }
  }
}

void read_number(Cursor& in, Metadata& out, const char* key) {
  const std::uint64_t value = in.u64();
  if (!in.failed()) out.add_fact(key, std::to_string(value));
}

void read_known(std::uint32_t feature, Cursor& in, Metadata& out) {
  switch (feature) {
    case abi::HEADER_BUILD_ID: return read_build_ids(in, out);
    case abi::HEADER_HOSTNAME: return out.add_fact("hostname", take_text(in));
    case abi::HEADER_OSRELEASE: return out.add_fact("release", take_text(in));
    case abi::HEADER_VERSION: return out.add_fact("perf_version", take_text(in));
    case abi::HEADER_ARCH: return out.add_fact("arch", take_text(in));
    case abi::HEADER_NRCPUS: return read_cpus(in, out);
    case abi::HEADER_CPUDESC: return out.add_fact("cpu", take_text(in));
    case abi::HEADER_CPUID: return out.add_fact("cpuid", take_text(in));
    case abi::HEADER_TOTAL_MEM: return read_number(in, out, "memory_kb");
    case abi::HEADER_CMDLINE: return read_cmdline(in, out);
    case abi::HEADER_EVENT_DESC: return read_event_desc(in, out);
    case abi::HEADER_CPU_TOPOLOGY: return read_cpu_topology(in, out);
    case abi::HEADER_NUMA_TOPOLOGY: return read_numa_topology(in, out);
    case abi::HEADER_PMU_MAPPINGS: return read_pmu_mappings(in, out);
    case abi::HEADER_GROUP_DESC: return read_group_desc(in, out);
    case abi::HEADER_CACHE: return read_cache(in, out);
    case abi::HEADER_SAMPLE_TIME: return read_sample_time(in, out);
    case abi::HEADER_CLOCKID: return read_number(in, out, "clockid_resolution_ns");
    case abi::HEADER_COMPRESSED: return read_compressed(in, out);
    case abi::HEADER_CPU_PMU_CAPS: return out.add_fact("caps_of_cpu", take_capabilities(in));
    case abi::HEADER_CLOCK_DATA: return read_clock_data(in, out);
    case abi::HEADER_HYBRID_TOPOLOGY: return read_hybrid(in, out);
    case abi::HEADER_PMU_CAPS: return read_pmu_caps(in, out);
    case abi::HEADER_E_MACHINE: return read_machine(in, out);
    case abi::SIMPLEPERF_FEAT_META_INFO: return read_meta_info(in, out);
    default: return;  // says nothing that is used, or is of a later tool
  }
}

}  // namespace

Status read_feature(std::uint32_t feature, Cursor in, Metadata& out) {
  if (feature == abi::HEADER_TRACING_DATA) return read_tracing_data(in, out);
  read_known(feature, in, out);
  if (!in.failed()) return {};
  const char* name = abi::feature_name(feature);
  return fail(Errc::truncated, fmt::format("header feature {} ends inside its fields", name != nullptr ? name : "?"),
              in.offset());
}

}  // namespace simdprof::perfdata
