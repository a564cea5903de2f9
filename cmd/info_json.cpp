#include <rapidjson/writer.h>

#include <string>

#include "cmd/attr_text.h"
#include "cmd/info_render.h"
#include "lib/report/escape.h"

namespace simdprof::cmd {
namespace {

/// RapidJSON's output stream on top of a TextOut.
class JsonStream {
 public:
  using Ch = char;
  explicit JsonStream(TextOut& out) : out_(out) {}
  void Put(char c) { out_.buffer().push_back(c); }
  void Flush() { out_.flush_if_full(); }

 private:
  TextOut& out_;
};
using Json = rapidjson::Writer<JsonStream>;

void put_key(Json& json, std::string_view key) { json.Key(key.data(), static_cast<rapidjson::SizeType>(key.size())); }
void put(Json& json, std::string_view key, std::string_view value) {
  put_key(json, key);
  const std::string text = valid_utf8(value);
  json.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}
void put_number(Json& json, std::string_view key, std::uint64_t value) {
  put_key(json, key);
  json.Uint64(value);
}
void put_signed(Json& json, std::string_view key, std::int64_t value) {
  put_key(json, key);
  json.Int64(value);
}
/// A time of the recording's clock; null when it was not recorded.
void put_time(Json& json, std::string_view key, std::uint64_t time_ns) {
  put_key(json, key);
  if (time_ns == kNoTime) {
    json.Null();
  } else {
    json.Uint64(time_ns);
  }
}

void put_file(Json& json, const RecordingInfo& info) {
  put(json, "file", info.input.name());
  put(json, "format", info.format.name);
  put(json, "format_detail", info.format.detail);
  put_key(json, "compressed");
  json.Bool(info.format.compressed);
  put_key(json, "finished");
  json.Bool(info.format.finished);
  put_number(json, "file_bytes", info.format.file_bytes);
  put_number(json, "record_bytes", info.summary.uncompressed_bytes);
  if (info.format.compressed) {
    put_key(json, "ratio");
    json.Double(compression_ratio(info));
  }
}

void put_host(Json& json, const RecordingFacts& facts) {
  put_key(json, "host");
  json.StartObject();
  for (const auto& [key, value] : facts.host) put(json, valid_utf8(key), value);
  json.EndObject();
  if (facts.xsave) put(json, "xcr0", fmt::format("{:#x}", facts.xsave->xcr0_mask));
  if (facts.wait_status) put_signed(json, "wait_status", *facts.wait_status);
  put_key(json, "sources");
  json.StartArray();
  for (const auto& attempt : facts.sources) {
    json.StartObject();
    put(json, "source", source_name(attempt.kind));
    put_key(json, "taken");
    json.Bool(attempt.error_number == 0);
    put_signed(json, "errno", attempt.error_number);
    put(json, "explanation", attempt.explanation);
    json.EndObject();
  }
  json.EndArray();
}

void put_events(Json& json, const RecordingInfo& info) {
  put_key(json, "events");
  json.StartArray();
  for (std::size_t i = 0; i < info.facts.events.events.size(); ++i) {
    const EventDesc& event = info.facts.events.events[i];
    json.StartObject();
    put(json, "name", event.name);
    put_number(json, "samples", info.summary.samples_of_event[i]);
    put_key(json, "attr");
    json.StartObject();
    for (const AttrField& field : attr_fields(event.attr)) put(json, field.name, field.value);
    json.EndObject();
    json.EndObject();
  }
  json.EndArray();
}

void put_streams(Json& json, const RecordingSummary& summary) {
  put_key(json, "streams");
  json.StartArray();
  for (const auto& [id, stream] : summary.streams) {
    json.StartObject();
    put_number(json, "stream", id);
    put(json, "kind", stream_kind_name(stream.info.kind));
    put_signed(json, "cpu", stream.info.cpu);
    put_signed(json, "tid", stream.info.tid);
    put_number(json, "chunks", stream.chunks);
    put_number(json, "records", stream.records);
    put_number(json, "record_bytes", stream.record_bytes);
    put_number(json, "compressed_bytes", stream.compressed_bytes);
    json.EndObject();
  }
  json.EndArray();
}

void put_counts(Json& json, const RecordingInfo& info) {
  put_time(json, "first_time_ns", info.summary.first_time_ns);
  put_time(json, "last_time_ns", info.summary.last_time_ns);
  put_time(json, "start_ns", info.facts.start_ns.value_or(kNoTime));
  put_time(json, "end_ns", info.facts.end_ns.value_or(kNoTime));
  put_number(json, "samples", info.summary.samples);
  put_key(json, "records");
  json.StartObject();
  for (const auto& [name, count] : info.summary.records) put_number(json, name, count);
  json.EndObject();
}

void put_losses(Json& json, const Ledger& ledger) {
  put_key(json, "lost");
  json.StartObject();
  for (const auto& [cause, count] : ledger.losses()) put_number(json, loss_cause_name(cause), count);
  json.EndObject();
  put_key(json, "skipped");
  json.StartArray();
  for (const auto& [name, skipped] : ledger.skipped()) {
    json.StartObject();
    put(json, "record", name);
    put_number(json, "count", skipped.count);
    put(json, "first", render_error(skipped.first));
    json.EndObject();
  }
  for (const auto& [type, count] : ledger.unknown_types()) {
    json.StartObject();
    put(json, "record", record_name(type));
    put_number(json, "count", count);
    put(json, "first", "unknown record type");
    json.EndObject();
  }
  json.EndArray();
}

}  // namespace

void render_info_json(TextOut& out, const RecordingInfo& info) {
  JsonStream stream{out};
  Json json{stream};
  json.StartObject();
  put_file(json, info);
  put_host(json, info.facts);
  put_events(json, info);
  put_streams(json, info.summary);
  put_counts(json, info);
  put_losses(json, info.ledger);
  json.EndObject();
  out.write("\n");
}

}  // namespace simdprof::cmd
