#include "lib/report/quality_json.h"

#include <cstring>
#include <string>

namespace simdprof {
namespace {

void write_sources(const Quality& quality, JsonOut& json) {
  json.name("sources");
  json.start_array();
  for (const SourceQuality& source : quality.sources) {
    json.start_object();
    json.text("source", source_name(source.kind));
    json.flag("taken", source.error_number == 0);
    if (source.error_number != 0) {
      const char* name = strerrorname_np(source.error_number);
      json.text("errno", name != nullptr ? std::string(name) : fmt::format("{}", source.error_number));
    }
    json.text("explanation", source.explanation);
    json.end_object();
  }
  json.end_array();
}

void write_events(const Quality& quality, JsonOut& json) {
  json.name("events");
  json.start_array();
  for (const EventQuality& event : quality.events) {
    if (event.side_band) continue;
    json.start_object();
    json.text("event", event.name);
    json.number(event.frequency ? "asked_hz" : "asked_period", event.asked);
    json.number("samples", event.samples);
    if (const auto rate = reached_rate(quality, event)) {
      json.decimal("reached_per_second", rate->samples_per_second);
      json.text("seconds_of", rate->of_cpu_time ? "cpu" : "wall");
    }
    json.end_object();
  }
  json.end_array();
}

void write_samples(const Quality& quality, JsonOut& json) {
  json.name("samples");
  json.start_object();
  json.number("all", quality.samples);
  json.number("user", quality.user);
  json.number("kernel", quality.kernel);
  json.number("hypervisor", quality.hypervisor);
  json.number("guest", quality.guest);
  json.number("unknown", quality.unknown_mode);
  json.end_object();
  json.number("vectors_expected", quality.vectors_expected);
  json.number("with_vectors", quality.with_vectors);
  json.number("untrusted_vectors", quality.untrusted_vectors);
}

void write_missing(const Quality& quality, JsonOut& json) {
  json.name("lost");
  json.start_object();
  for (const auto& [cause, count] : quality.ledger.losses()) json.number(loss_cause_name(cause), count);
  json.end_object();
  json.decimal("lost_percent", loss_percent(quality));
  json.flag("loss_unknown", loss_unknown(quality));
  json.number("throttled", quality.throttled);
  json.number("paused_ns", quality.paused_ns);
  json.name("skipped");
  json.start_object();
  for (const auto& [name, skipped] : quality.ledger.skipped()) json.number(name, skipped.count);
  for (const auto& [type, count] : quality.ledger.unknown_types()) json.number(record_name(type), count);
  json.end_object();
  json.name("unresolved");
  json.start_object();
  for (const auto& [reason, count] : quality.unresolved) json.number(unresolved_name(reason), count);
  json.end_object();
}

void write_findings(const Quality& quality, JsonOut& json) {
  json.name("findings");
  json.start_array();
  for (const FindingTally::RuleCount& rule : quality.findings.rules()) {
    json.start_object();
    json.text("rule", rule_id_name(rule.rule));
    json.text("severity", severity_name(rule.severity));
    json.text("name", rule.name);
    json.number("samples", rule.samples);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

void write_quality(const Quality& quality, JsonOut& json) {
  json.start_object();
  json.name("command");
  quality.command.empty() ? json.null() : json.text(quality.command);
  json.name("wait_status");
  quality.wait_status ? json.number(static_cast<std::uint32_t>(*quality.wait_status)) : json.null();
  json.optional("duration_ns", quality.duration_ns);
  json.optional("cpu_time_ns", quality.cpu_time_ns);
  write_sources(quality, json);
  write_events(quality, json);
  write_samples(quality, json);
  write_missing(quality, json);
  write_findings(quality, json);
  json.name("aux");
  quality.aux.areas.empty() ? json.null() : write_aux(quality.aux, json);
  json.end_object();
}

}  // namespace simdprof
