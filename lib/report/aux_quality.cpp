#include "lib/report/aux_quality.h"

#include <fmt/format.h>

namespace simdprof {
namespace {

std::string_view plural(std::uint64_t count) { return count == 1 ? "" : "s"; }

std::string loss_text(const AuxAreaLoss& loss) {
  std::string text = fmt::format("{} {} time{}", loss.cause, loss.intervals, plural(loss.intervals));
  if (loss.unknown_intervals < loss.intervals) text += fmt::format(", {} bytes", loss.bytes);
  if (loss.unknown_intervals == loss.intervals) return text + " (bytes unknown)";
  if (loss.unknown_intervals != 0) text += fmt::format(" (bytes of {} unknown)", loss.unknown_intervals);
  return text;
}

std::string area_text(const AuxAreaQuality& area) {
  std::string text = area.cpu >= 0 ? fmt::format("cpu {}", area.cpu) : fmt::format("thread {}", area.tid);
  text += fmt::format(": {} bytes; lost: ", area.bytes);
  bool first = true;
  for (const AuxAreaLoss& loss : area.losses) {
    if (!first) text += "; ";
    first = false;
    text += loss_text(loss);
  }
  return text;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> aux_lines(const AuxQuality& aux) {
  std::vector<std::pair<std::string, std::string>> lines;
  if (aux.areas.empty()) return lines;
  std::uint64_t bytes = 0;
  std::uint64_t with_loss = 0;
  for (const AuxAreaQuality& area : aux.areas) {
    bytes += area.bytes;
    with_loss += area.losses.empty() ? 0U : 1U;
  }
  std::string text = fmt::format("{} area{}, {} bytes, ", aux.areas.size(), plural(aux.areas.size()), bytes);
  text += with_loss == 0 ? std::string("nothing lost") : fmt::format("{} with losses", with_loss);
  if (aux.errors) text += fmt::format("; {} errors of decoding", *aux.errors);
  lines.emplace_back("trace", text);
  for (const AuxAreaQuality& area : aux.areas) {
    if (!area.losses.empty()) lines.emplace_back("trace loss", area_text(area));
  }
  return lines;
}

void write_aux(const AuxQuality& aux, JsonOut& json) {
  json.start_object();
  json.name("areas");
  json.start_array();
  for (const AuxAreaQuality& area : aux.areas) {
    json.start_object();
    area.cpu >= 0 ? json.integer("cpu", area.cpu) : json.integer("tid", area.tid);
    json.number("bytes", area.bytes);
    json.name("lost");
    json.start_array();
    for (const AuxAreaLoss& loss : area.losses) {
      json.start_object();
      json.text("cause", loss.cause);
      json.number("intervals", loss.intervals);
      json.number("bytes", loss.bytes);
      json.number("unknown_intervals", loss.unknown_intervals);
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.optional("errors", aux.errors);
  json.end_object();
}

}  // namespace simdprof
