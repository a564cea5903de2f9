#include "lib/perfdata/tool_records.h"

#include <fmt/format.h>

#include <utility>

#include "lib/abi/attr_bytes.h"
#include "lib/abi/perf_file.h"
#include "lib/abi/time_conversion.h"
#include "lib/perfdata/features_in.h"

namespace simdprof::perfdata {
namespace {

Status ends_early(const Cursor& in, const char* what) {
  return fail(Errc::truncated, fmt::format("{} ends inside its fields", what), in.offset());
}

Status read_header_attr(Cursor in, Metadata& out) {
  const std::uint64_t offset = in.offset();
  const auto bytes = in.take(attr_bytes(in));
  const auto attr = read_attr(bytes, in.order(), offset);
  if (in.failed()) return ends_early(in, "HEADER_ATTR");
  std::vector<std::uint64_t> ids(in.remaining() / 8);
  for (std::uint64_t& id : ids) id = in.u64();
  if (!attr) return fail(attr.error());
  return out.add_event(*attr, std::move(ids));
}

/// Older tools name a raw event by its config: u64 config, 64 bytes of name.
Status read_event_type(Cursor in, Metadata& out) {
  const std::uint64_t config = in.u64();
  const std::string_view name = in.padded_text(std::min<std::size_t>(in.remaining(), 64));
  if (in.failed()) return ends_early(in, "HEADER_EVENT_TYPE");
  if (!name.empty()) out.name_events_of_config(abi::PERF_TYPE_TRACEPOINT, config, name);
  return {};
}

Status read_build_id(Cursor in, Metadata& out) {
  in.skip(4);  // pid
  const auto id = in.take(20);
  const std::uint8_t size = in.u8();
  in.skip(3);
  const std::string_view path = in.padded_text(in.remaining());
  if (in.failed()) return ends_early(in, "HEADER_BUILD_ID");
  // Without the misc bit the size byte is padding: 0.
  out.add_build_id(id.first(size != 0 && size <= id.size() ? size : id.size()), path);
  return {};
}

/// Which ring an id is of, and in later files which guest: nr, then id, idx, cpu, tid; then machine_pid, vcpu.
Status read_id_index(Cursor in, Metadata& out) {
  const std::uint64_t count = in.u64();
  if (in.failed() || count > in.remaining() / 32) return ends_early(in, "ID_INDEX");
  std::vector<std::uint64_t> ids;
  for (std::uint64_t i = 0; i < count; ++i) {
    ids.push_back(in.u64());
    in.skip(8);  // idx
    const auto cpu = static_cast<std::int32_t>(in.u64());
    const auto tid = static_cast<Tid>(in.u64());
    out.place_id(ids.back(), cpu, tid);
  }
  if (count == 0 || in.remaining() / 16 < count) return {};
  for (const std::uint64_t id : ids) {
    const std::uint64_t machine_pid = in.u64();
    const std::uint64_t vcpu = in.u64();
    if (machine_pid == 0) continue;
    out.add_fact(fmt::format("guest_of_id_{}", id), fmt::format("machine {}, vcpu {}", machine_pid, vcpu));
  }
  return {};
}

Status read_auxtrace_info(Cursor in, Metadata& out) {
  const std::uint32_t type = in.u32();
  in.skip(4);  // reserved
  const auto words = in.take(in.remaining());
  if (in.failed()) return ends_early(in, "AUXTRACE_INFO");
  out.add_auxtrace_info(type, words, in.order());
  return {};
}

Status read_auxtrace_error(Cursor in) {
  constexpr std::size_t kMessageBytes = 64;
  in.skip(4);  // type
  const std::uint32_t code = in.u32();
  in.skip(16);  // cpu, pid, tid, fmt
  in.skip(8);   // ip
  const std::string_view old_message = Cursor{in}.padded_text(std::min(in.remaining(), kMessageBytes));
  if (in.failed()) return ends_early(in, "AUXTRACE_ERROR");
  return fail(Errc::malformed, fmt::format("the recorder noted trace error {}: {}", code, old_message), in.offset());
}

Status read_event_update(Cursor in, Metadata& out) {
  const std::uint64_t type = in.u64();
  const std::uint64_t id = in.u64();
  if (in.failed()) return ends_early(in, "EVENT_UPDATE");
  if (type == abi::PERF_EVENT_UPDATE_NAME) out.name_event_of_id(id, in.padded_text(in.remaining()));
  return {};
}

Status read_time_conv(Cursor in, Metadata& out) {
  abi::TimeConversion time;
  time.shift = in.u64();
  time.mult = in.u64();
  time.zero = in.u64();
  if (in.failed()) return ends_early(in, "TIME_CONV");
  out.add_fact(std::string(abi::kTimeConversionFact), abi::time_conversion_text(time));
  return {};
}

Status read_header_feature(Cursor in, Metadata& out) {
  const std::uint64_t feature = in.u64();
  if (in.failed()) return ends_early(in, "HEADER_FEATURE");
  return feature < abi::kPerfFeatureBits ? read_feature(static_cast<std::uint32_t>(feature), in, out) : Status{};
}

/// simpleperf: ids of events that were opened later. u64 count, then event number and id.
Status read_simpleperf_ids(Cursor in, Metadata& out) {
  const std::uint64_t count = in.u64();
  if (in.failed() || count > in.remaining() / 16) return ends_early(in, "EVENT_ID of simpleperf");
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t event = in.u64();
    const std::uint64_t id = in.u64();
    if (auto added = out.add_id(event, id); !added) return added;
  }
  return {};
}

}  // namespace

std::uint32_t attr_bytes(Cursor in) {
  in.skip(4);  // type
  return std::max(in.u32(), abi::PERF_ATTR_SIZE_VER0);
}

Result<abi::EventAttr> read_attr(std::span<const std::byte> bytes, std::endian order, std::uint64_t offset) {
  if (bytes.size() < abi::PERF_ATTR_SIZE_VER0) {
    return fail(Errc::truncated, fmt::format("event attributes of {} bytes", bytes.size()), offset);
  }
  return abi::decode_attr(Cursor{bytes, offset, order});
}

Result<ToolRecord> read_tool_record(std::uint32_t type, Cursor in, Metadata& out) {
  const auto done = [](Status status) -> Result<ToolRecord> {
    if (!status) return fail(std::move(status.error()));
    return ToolRecord::read;
  };
  switch (type) {
    case abi::PERF_RECORD_HEADER_ATTR: return done(read_header_attr(in, out));
    case abi::PERF_RECORD_HEADER_EVENT_TYPE: return done(read_event_type(in, out));
    case abi::PERF_RECORD_HEADER_BUILD_ID: return done(read_build_id(in, out));
    case abi::PERF_RECORD_ID_INDEX: return done(read_id_index(in, out));
    case abi::PERF_RECORD_AUXTRACE_INFO: return done(read_auxtrace_info(in, out));
    case abi::PERF_RECORD_AUXTRACE_ERROR: return done(read_auxtrace_error(in));
    case abi::PERF_RECORD_EVENT_UPDATE: return done(read_event_update(in, out));
    case abi::PERF_RECORD_TIME_CONV: return done(read_time_conv(in, out));
    case abi::PERF_RECORD_HEADER_FEATURE: return done(read_header_feature(in, out));
    case abi::SIMPLEPERF_RECORD_EVENT_ID: return done(read_simpleperf_ids(in, out));
    case abi::PERF_RECORD_FINISHED_ROUND:
    case abi::PERF_RECORD_FINISHED_INIT:
    case abi::PERF_RECORD_THREAD_MAP:
    case abi::PERF_RECORD_CPU_MAP: return ToolRecord::passed;
    default: return ToolRecord::dropped;
  }
}

}  // namespace simdprof::perfdata
