#include "cmd/load_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "decoders/record/decode_record.h"
#include "decoders/tracepoint/tracepoint_format.h"
#include "lib/capture/register_list.h"
#include "lib/container/record_walk.h"

namespace simdprof::cmd {
namespace {

// Bounds against inputs made to exhaust memory; far above what a recorder writes.
constexpr std::size_t kMaxEvents = 4096;
constexpr std::size_t kMaxEventIds = std::size_t{1} << 22U;  ///< 1024 events on 4096 CPUs
constexpr std::size_t kMaxHostFacts = 4096;
constexpr std::size_t kMaxSources = 256;
constexpr std::size_t kMaxTracepoints = 8192;
constexpr std::size_t kMaxKernelTextBytes = std::size_t{4} << 20U;
constexpr std::size_t kMaxBuildIds = std::size_t{1} << 20U;
constexpr std::uint64_t kMaxMetadataBytes = std::uint64_t{256} << 20U;

std::string hex_text(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned>(byte));
  return text;
}

Status too_many(const char* what) { return fail(Errc::limit, fmt::format("more {} than a recording can have", what)); }

/// Adds one record to the facts. Each overload answers with why it was left out, if it was.
struct FactsBuilder {
  RecordingFacts& facts;

  Status operator()(const EventDescRecord& record) {
    auto& events = facts.events.events;
    if (record.event < events.size()) {
      const bool same = std::memcmp(&events[record.event].attr, &record.attr, sizeof(record.attr)) == 0;
      if (same) return {};
      return fail(Errc::malformed, fmt::format("event {} is described twice", record.event));
    }
    if (record.event >= kMaxEvents) return too_many("events");
    if (record.event != events.size()) {
      return fail(Errc::malformed, fmt::format("event {} is described before event {}", record.event, events.size()));
    }
    events.push_back({record.attr, std::string(record.name)});
    return {};
  }
  Status operator()(const EventIdRecord& record) {
    auto& ids = facts.events.event_of_id;
    if (ids.size() >= kMaxEventIds) return too_many("event ids");
    const auto [place, is_new] = ids.try_emplace(record.id, record.event);
    if (is_new || place->second == record.event) return {};
    return fail(Errc::malformed,
                fmt::format("id {} belongs to events {} and {}", record.id, place->second, record.event));
  }
  Status operator()(const HostFactRecord& record) {
    if (facts.host.size() >= kMaxHostFacts) return too_many("host facts");
    facts.host.insert_or_assign(std::string(record.key), std::string(record.value));
    return {};
  }
  Status operator()(const XsaveTableRecord& record) {
    facts.xsave = *record.table;
    return {};
  }
  Status operator()(const BuildIdRecord& record) {
    if (facts.build_ids.size() >= kMaxBuildIds) return too_many("build ids");
    facts.build_ids.insert_or_assign(std::string(record.path), hex_text(record.id));
    return {};
  }
  Status operator()(const SourceRecord& record) {
    if (facts.sources.size() >= kMaxSources) return too_many("sources");
    facts.sources.push_back({record.kind, record.error_number, std::string(record.explanation)});
    return {};
  }
  Status operator()(const TracepointInfoRecord& record) {
    if (record.info.kind == TracepointInfo::kFormat) {
      if (facts.tracepoints.size() >= kMaxTracepoints) return too_many("tracepoints");
      const auto format = parse_tracepoint_format(record.info.system, record.info.text);
      if (!format) return fail(format.error());
      facts.tracepoints.push_back({std::string(record.info.system), std::string(record.info.text), format->id});
      return {};
    }
    if (facts.kernel_texts.size() + record.info.text.size() > kMaxKernelTextBytes) return too_many("kernel texts");
    facts.kernel_texts += record.info.text;
    return {};
  }
  Status operator()(const EndRecord& record) {
    facts.start_ns = record.start_ns;
    facts.end_ns = record.end_ns;
    if (record.wait_status >= 0) facts.wait_status = record.wait_status;
    return {};
  }
  template <class Other>
  Status operator()(const Other&) {
    return {};
  }
};

void read_facts(std::span<const std::byte> records, const ChunkInfo& chunk, RecordingFacts& facts, Ledger& ledger) {
  RecordWalk walk{records, chunk};
  for (auto raw = walk.next(); raw && *raw; raw = walk.next()) {
    const auto record = decode_record(**raw, facts.events);
    if (!record) continue;
    if (auto added = std::visit(FactsBuilder{facts}, record->body); !added) {
      added.error().offset = (*raw)->offset;
      ledger.skip((*raw)->type, added.error());
    }
  }
}

/// Ids may stand before the description of their event; those of no event at all are of no use.
void drop_ids_without_event(EventTable& events) {
  for (auto place = events.event_of_id.begin(); place != events.event_of_id.end();) {
    place = place->second < events.events.size() ? std::next(place) : events.event_of_id.erase(place);
  }
}

/// A perf.data need not name its machine, and without it register numbers mean nothing. As perf does, it is then taken
/// to be of the machine it is read on, where the byte order allows that.
abi::Arch unnamed_arch(const RecordInput& input) {
  const auto is_native = [](const ChunkInfo& chunk) { return chunk.start.info.order == std::endian::native; };
  const auto& chunks = input.chunks();
  if (input.format().name != "perf.data" || !std::all_of(chunks.begin(), chunks.end(), is_native)) {
    return abi::Arch::unknown;
  }
  return native_arch();
}

}  // namespace

RecordingFacts load_facts(const RecordInput& input, Ledger& ledger) {
  RecordingFacts facts;
  std::uint64_t read_bytes = 0;
  for (std::size_t i = 0; i < input.chunks().size() && read_bytes < kMaxMetadataBytes; ++i) {
    const ChunkInfo& chunk = input.chunks()[i];
    if (chunk.start.info.kind != StreamKind::metadata) continue;
    const auto records = input.load(i);
    if (!records) continue;
    read_bytes += records->size();
    read_facts(*records, chunk, facts, ledger);
  }
  drop_ids_without_event(facts.events);
  const auto arch = facts.host.find("arch");
  facts.arch = arch == facts.host.end() ? unnamed_arch(input) : abi::parse_arch(arch->second);
  return facts;
}

}  // namespace simdprof::cmd
