#include "lib/perfdata/metadata.h"

#include <algorithm>
#include <utility>

#include "lib/base/cursor.h"
#include "lib/model/own_record.h"
#include "lib/perfdata/event_name.h"

namespace simdprof::perfdata {
namespace {

// Bounds against inputs made to exhaust memory, far above what a recorder writes.
constexpr std::size_t kMaxEvents = 4096;
constexpr std::size_t kMaxIds = std::size_t{1} << 21U;
constexpr std::size_t kMaxNames = 4096;
constexpr std::size_t kMaxFacts = 2048;
constexpr std::size_t kMaxBuildIds = std::size_t{1} << 18U;
constexpr std::size_t kMaxBuildIdBytes = 64;
constexpr std::size_t kMaxTextBytes = 4096;  ///< of names and paths; PATH_MAX
constexpr std::size_t kMaxAuxtraceInfos = 64;
constexpr std::size_t kMaxAuxtraceBytes = 60000;
constexpr std::size_t kMaxTracepoints = 8192;
constexpr std::size_t kMaxKernelTextBytes = std::size_t{4} << 20U;

/// Registers of the samples, as far as the kernel's tool can record them.
SourceKind source_of(const abi::EventAttr& attr) {
  const bool legacy = attr.sample_simd_regs_enabled == 0;
  const std::uint64_t sets = attr.sample_regs_user | attr.sample_regs_intr;
  const bool vectors =
      legacy ? (sets >> 32U) != 0 : (attr.sample_simd_vec_reg_intr | attr.sample_simd_vec_reg_user) != 0;
  return vectors ? SourceKind::kernel : SourceKind::gpr;
}

}  // namespace

Status Metadata::add_event(const abi::EventAttr& attr, std::vector<std::uint64_t> ids) {
  if (events_.size() >= kMaxEvents) return fail(Errc::limit, "more events than a recording can have");
  if (id_count_ + ids.size() > kMaxIds) return fail(Errc::limit, "more event ids than a recording can have");
  id_count_ += ids.size();
  events_.push_back({attr, {}, std::move(ids)});
  return {};
}

Status Metadata::add_id(std::size_t event, std::uint64_t id) {
  if (event >= events_.size()) return fail(Errc::malformed, "an id of an event that is not described");
  if (id_count_ >= kMaxIds) return fail(Errc::limit, "more event ids than a recording can have");
  ++id_count_;
  events_[event].ids.push_back(id);
  return {};
}

void Metadata::describe_again(const abi::EventAttr& attr, std::vector<std::uint64_t> ids) {
  if (described_again_.size() >= kMaxEvents || id_count_ + ids.size() > kMaxIds) return;
  id_count_ += ids.size();
  described_again_.push_back({attr, {}, std::move(ids)});
}

void Metadata::settle_events() {
  if (events_.empty()) events_ = std::exchange(described_again_, {});
  const std::size_t both = std::min(events_.size(), described_again_.size());
  for (std::size_t i = 0; i < both; ++i) {
    if (events_[i].ids.empty()) events_[i].ids = std::move(described_again_[i].ids);
  }
  described_again_.clear();
}

void Metadata::name_event(std::size_t event, std::string_view name) {
  if (names_.size() < kMaxNames && !name.empty()) names_.try_emplace(event, name.substr(0, kMaxTextBytes));
}

void Metadata::name_event_of_id(std::uint64_t id, std::string_view name) {
  if (names_of_ids_.size() < kMaxNames) names_of_ids_.insert_or_assign(id, name.substr(0, kMaxTextBytes));
}

void Metadata::name_events_of_config(std::uint32_t type, std::uint64_t config, std::string_view name) {
  if (names_of_configs_.size() >= kMaxNames) return;
  names_of_configs_.push_back({type, config, std::string(name.substr(0, kMaxTextBytes))});
}

void Metadata::place_id(std::uint64_t id, std::int32_t cpu, Tid tid) {
  if (places_.size() < kMaxIds) places_.insert_or_assign(id, Place{cpu, tid});
}

void Metadata::add_fact(std::string_view key, std::string_view value) {
  if (facts_.size() < kMaxFacts && !value.empty()) facts_.insert_or_assign(std::string(key), std::string(value));
}

void Metadata::add_build_id(std::span<const std::byte> id, std::string_view path) {
  if (build_ids_.size() >= kMaxBuildIds || id.size() > kMaxBuildIdBytes || path.size() > kMaxTextBytes) return;
  build_ids_.push_back(encode_build_id(id, path));
}

void Metadata::add_auxtrace_info(std::uint32_t type, std::span<const std::byte> words, std::endian order) {
  if (auxtrace_.size() >= kMaxAuxtraceInfos || words.size() > kMaxAuxtraceBytes) return;
  std::vector<std::uint64_t> values;
  Cursor in{words, 0, order};
  while (in.remaining() >= 8) values.push_back(in.u64());
  auxtrace_.push_back(encode_auxtrace_info(type, values));
}

void Metadata::add_tracepoint(std::string_view system, std::uint64_t id, std::string_view format) {
  if (tracepoints_.size() >= kMaxTracepoints || system.size() + format.size() > kMaxTracepointTextBytes) return;
  if (format.find('\0') != std::string_view::npos || !tracepoint_ids_.insert(id).second) return;
  tracepoints_.push_back(encode_tracepoint_info({TracepointInfo::kFormat, system, format}));
}

void Metadata::add_kernel_texts(std::string_view lines) {
  lines = lines.substr(0, std::min(lines.find('\0'), kMaxKernelTextBytes - kernel_text_bytes_));
  kernel_text_bytes_ += lines.size();
  for (auto& record : encode_kernel_texts(lines)) tracepoints_.push_back(std::move(record));
}

std::string Metadata::name_of(std::size_t event) const {
  const auto named = names_.find(event);
  if (named != names_.end()) return named->second;
  for (const std::uint64_t id : events_[event].ids) {
    const auto found = names_of_ids_.find(id);
    if (found != names_of_ids_.end()) return found->second;
  }
  const abi::EventAttr& attr = events_[event].attr;
  if (attr.type >= abi::PERF_TYPE_TRACEPOINT && attr.type != abi::PERF_TYPE_HW_CACHE) {
    for (const ConfigName& known : names_of_configs_) {
      if (known.type == attr.type && known.config == attr.config) return known.name;
    }
  }
  return default_event_name(attr);
}

Metadata::Records Metadata::encode() const {
  Records out;
  const auto add = [&](const std::vector<std::byte>& record) {
    out.bytes.insert(out.bytes.end(), record.begin(), record.end());
    ++out.count;
  };
  SourceKind source = SourceKind::gpr;
  for (std::size_t i = 0; i < events_.size(); ++i) {
    add(encode_event_desc(static_cast<std::uint32_t>(i), events_[i].attr, name_of(i)));
    if (source_of(events_[i].attr) == SourceKind::kernel) source = SourceKind::kernel;
  }
  for (std::size_t i = 0; i < events_.size(); ++i) {
    for (const std::uint64_t id : events_[i].ids) {
      const auto found = places_.find(id);
      const Place place = found == places_.end() ? Place{} : found->second;
      add(encode_event_id(static_cast<std::uint32_t>(i), place.cpu, place.tid, id));
    }
  }
  for (const auto& [key, value] : facts_) add(encode_host_fact(key, value));
  for (const auto& record : build_ids_) add(record);
  for (const auto& record : auxtrace_) add(record);
  for (const auto& record : tracepoints_) add(record);
  if (!events_.empty()) add(encode_source(source, 0, "recorded by perf"));
  return out;
}

}  // namespace simdprof::perfdata
