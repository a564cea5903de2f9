#include <cstring>

#include "cmd/attr_text.h"
#include "cmd/field_text.h"
#include "cmd/info_render.h"
#include "lib/base/shown_text.h"

namespace simdprof::cmd {
namespace {

constexpr double kNsPerSecond = 1e9;

void render_file(TextOut& out, const RecordingInfo& info) {
  out.print("file           {}\n", shown(info.input.name()));
  out.print("format         {}, {}\n", info.format.name, shown(info.format.detail));
  out.print("bytes          {} in the file, {} of records", info.format.file_bytes, info.summary.uncompressed_bytes);
  if (info.format.compressed) out.print(", ratio {:.2f}", compression_ratio(info));
  out.write("\n");
}

void render_host(TextOut& out, const RecordingFacts& facts) {
  if (const auto clock = facts.clock_reference()) {
    out.print("recorded       ");
    append_wall_time(out.buffer(), clock->wall_ns, 6);
    out.write("\n");
  }
  for (const auto& [key, value] : facts.host) out.print("{:<14} {}\n", shown(key), shown(value));
  if (facts.xsave) out.print("xcr0           {:#x}\n", facts.xsave->xcr0_mask);
  if (facts.wait_status) out.print("wait status    {:#x}\n", *facts.wait_status);
}

void render_sources(TextOut& out, const RecordingFacts& facts) {
  out.write("\nregister sources, in the order they were tried\n");
  if (facts.sources.empty()) out.write("  not recorded\n");
  for (const auto& attempt : facts.sources) {
    if (attempt.error_number == 0) {
      out.print("  {:<8} taken", source_name(attempt.kind));
    } else {
      out.print("  {:<8} refused, errno {} ({})", source_name(attempt.kind), attempt.error_number,
                std::strerror(attempt.error_number));
    }
    if (!attempt.explanation.empty()) out.print(": {}", shown(attempt.explanation));
    out.write("\n");
  }
}

void render_events(TextOut& out, const RecordingInfo& info) {
  std::vector<std::uint64_t> ids(info.facts.events.events.size());
  for (const auto& [id, event] : info.facts.events.event_of_id) ++ids[event];
  for (std::size_t i = 0; i < info.facts.events.events.size(); ++i) {
    const EventDesc& event = info.facts.events.events[i];
    out.print("\nevent {} {}: {} samples, {} ids\n", i, shown(event.name), info.summary.samples_of_event[i], ids[i]);
    for (const AttrField& field : attr_fields(event.attr)) out.print("  {:<28} {}\n", field.name, field.value);
  }
}

void render_streams(TextOut& out, const RecordingSummary& summary) {
  out.write("\nstream kind           cpu    tid   chunks    records      bytes compressed\n");
  for (const auto& [id, stream] : summary.streams) {
    out.print("{:>6} {:<11} {:>6} {:>6} {:>8} {:>10} {:>10} {:>10}\n", id, stream_kind_name(stream.info.kind),
              stream.info.cpu < 0 ? "-" : fmt::format("{}", stream.info.cpu),
              stream.info.tid < 0 ? "-" : fmt::format("{}", stream.info.tid), stream.chunks, stream.records,
              stream.record_bytes, stream.compressed_bytes);
  }
}

void render_time(TextOut& out, const RecordingInfo& info) {
  out.write("\n");
  if (info.summary.first_time_ns == kNoTime) {
    out.write("time           not recorded\n");
  } else {
    out.write("time           ");
    append_seconds(out.buffer(), info.summary.first_time_ns, 9);
    out.write(" to ");
    append_seconds(out.buffer(), info.summary.last_time_ns, 9);
    out.write(" s of the recording's clock\n");
  }
  if (info.facts.start_ns && info.facts.end_ns && *info.facts.end_ns >= *info.facts.start_ns) {
    out.print("duration       {:.6f} s\n",
              static_cast<double>(*info.facts.end_ns - *info.facts.start_ns) / kNsPerSecond);
  } else {
    out.print("duration       not recorded{}\n",
              info.facts.recorder_tells_end() ? ": the recorder did not come to its end" : "");
  }
}

void render_counts(TextOut& out, const RecordingInfo& info) {
  out.print("samples        {}\n", info.summary.samples);
  out.write("records        ");
  for (const auto& [name, count] : info.summary.records) {
    out.print("{}{} {}", name == info.summary.records.begin()->first ? "" : ", ", count, name);
  }
  out.write("\n");
}

void render_losses(TextOut& out, const Ledger& ledger) {
  if (ledger.empty()) out.write("lost           nothing\n");
  for (const auto& [cause, count] : ledger.losses()) {
    out.print("lost           {}: {}\n", loss_cause_name(cause), count);
  }
  for (const auto& [name, skipped] : ledger.skipped()) {
    out.print("skipped        {} {}, the first: {}\n", skipped.count, name, shown(render_error(skipped.first)));
  }
  for (const auto& [type, count] : ledger.unknown_types()) {
    out.print("skipped        {} of unknown {}\n", count, record_name(type));
  }
}

}  // namespace

double compression_ratio(const RecordingInfo& info) {
  const std::uint64_t bytes = info.format.file_bytes;
  if (!info.format.compressed || bytes == 0) return 0;
  return static_cast<double>(info.summary.uncompressed_bytes) / static_cast<double>(bytes);
}

void render_info_text(TextOut& out, const RecordingInfo& info) {
  render_file(out, info);
  render_host(out, info.facts);
  render_sources(out, info.facts);
  render_events(out, info);
  render_streams(out, info.summary);
  render_time(out, info);
  render_counts(out, info);
  render_losses(out, info.ledger);
}

}  // namespace simdprof::cmd
