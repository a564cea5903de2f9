#include "cmd/report_quality.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "cmd/aux_loss.h"
#include "decoders/registers/register_stage.h"

namespace simdprof::cmd {
namespace {

EventQuality event_quality(const EventDesc& event) {
  EventQuality quality;
  quality.name = event.name;
  quality.frequency = (event.attr.flags & abi::kAttrFreq) != 0;
  quality.asked = event.attr.sample_period_or_freq;
  quality.side_band = event.attr.type == abi::PERF_TYPE_SOFTWARE && event.attr.config == abi::PERF_COUNT_SW_DUMMY;
  return quality;
}

std::string host_fact(const RecordingFacts& facts, const std::string& key) {
  const auto found = facts.host.find(key);
  return found == facts.host.end() ? std::string{} : found->second;
}

/// Text of digits alone; empty for anything else.
std::optional<std::uint64_t> parse_fact_number(const std::string& text) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return value;
}

}  // namespace

Quality quality_of(const RecordingFacts& facts) {
  Quality quality;
  quality.command = host_fact(facts, "cmdline");
  if (facts.wait_status && *facts.wait_status != -1) quality.wait_status = facts.wait_status;
  quality.recorder_tells_end = facts.recorder_tells_end();
  if (facts.start_ns && facts.end_ns && *facts.end_ns >= *facts.start_ns) {
    quality.duration_ns = *facts.end_ns - *facts.start_ns;
  }
  quality.cpu_time_ns = parse_fact_number(host_fact(facts, "target_cpu_ns"));
  quality.paused_ns = parse_fact_number(host_fact(facts, "sampling_paused_ns")).value_or(0);
  for (const RecordingFacts::SourceAttempt& attempt : facts.sources) {
    quality.sources.push_back({attempt.kind, attempt.error_number, attempt.explanation});
  }
  const auto registers = event_registers(facts.events, facts.source(), facts.arch);
  for (std::size_t i = 0; i < facts.events.events.size(); ++i) {
    quality.events.push_back(event_quality(facts.events.events[i]));
    quality.events.back().vectors = registers[i].vectors;
  }
  return quality;
}

AuxQuality aux_quality_of(const std::vector<AuxBuffer>& buffers) {
  AuxQuality quality;
  for (const AuxBuffer& buffer : buffers) {
    AuxAreaQuality area{buffer.cpu, buffer.tid, buffer.recorded_bytes(), {}};
    for (const AuxLoss& loss : find_losses(buffer)) {
      const std::string_view cause = aux_loss_name(loss.cause);
      auto sum = std::find_if(area.losses.begin(), area.losses.end(),
                              [cause](const AuxAreaLoss& other) { return other.cause == cause; });
      if (sum == area.losses.end()) sum = area.losses.insert(sum, AuxAreaLoss{cause});
      ++sum->intervals;
      sum->bytes += loss.bytes.value_or(0);
      sum->unknown_intervals += loss.bytes ? 0U : 1U;
    }
    quality.areas.push_back(std::move(area));
  }
  return quality;
}

}  // namespace simdprof::cmd
