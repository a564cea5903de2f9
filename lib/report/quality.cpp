#include "lib/report/quality.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <utility>

#include "lib/report/rows.h"

namespace simdprof {

void Quality::count(const Sample& sample, const RegisterSets& sets) {
  ++samples;
  switch (sample.mode) {
    case CpuMode::unknown: ++unknown_mode; break;
    case CpuMode::kernel: ++kernel; break;
    case CpuMode::user: ++user; break;
    case CpuMode::hypervisor: ++hypervisor; break;
    case CpuMode::guest_kernel:
    case CpuMode::guest_user: ++guest; break;
  }
  if (sample.event >= events.size()) return;
  ++events[sample.event].samples;
  if (!events[sample.event].vectors || sample.guest()) return;  // a guest hit has the host's registers, and no vectors
  ++vectors_expected;
  if (sets.user.has_vectors() || sets.intr.has_vectors()) ++with_vectors;
  if (sets.image_late || sets.image_ip_differs) ++untrusted_vectors;
  if (sets.image_expected && !sets.user.has_vectors()) ++images_missing;
}

bool Quality::vectors_asked() const {
  return std::any_of(events.begin(), events.end(), [](const EventQuality& event) { return event.vectors; });
}

std::optional<ReachedRate> reached_rate(const Quality& quality, const EventQuality& event) {
  const bool of_cpu_time = quality.cpu_time_ns.value_or(0) != 0;
  const auto seconds_of = of_cpu_time           ? quality.cpu_time_ns
                          : quality.duration_ns ? quality.duration_ns
                                                : quality.span_ns;
  if (seconds_of.value_or(0) == 0) return std::nullopt;
  return ReachedRate{static_cast<double>(event.samples) * 1e9 / static_cast<double>(*seconds_of), of_cpu_time};
}

namespace {

constexpr std::array kSampleLosses = {LossCause::ring_full, LossCause::kernel_dropped};
constexpr std::array kImageLosses = {LossCause::image_missing, LossCause::image_unreadable};
constexpr std::array kUnknownLosses = {LossCause::chunk_damaged, LossCause::input_truncated, LossCause::write_failed};

template <class Causes>
std::uint64_t lost_of(const Ledger& ledger, const Causes& causes) {
  std::uint64_t lost = 0;
  for (const LossCause cause : causes) lost += ledger.lost(cause);
  return lost;
}

/// Samples that were taken, whether they are here or not.
std::uint64_t samples_taken(const Quality& quality) { return quality.samples + lost_of(quality.ledger, kSampleLosses); }

using Lines = std::vector<std::pair<std::string, std::string>>;

std::string errno_name(std::int32_t number) {
  const char* name = strerrorname_np(number);
  return name != nullptr ? name : fmt::format("errno {}", number);
}

std::string exit_text(std::int32_t wait_status) {
  if (WIFEXITED(wait_status)) return fmt::format("{}", WEXITSTATUS(wait_status));
  if (WIFSIGNALED(wait_status)) {
    const char* name = sigabbrev_np(WTERMSIG(wait_status));
    return name != nullptr ? fmt::format("killed by SIG{}", name)
                           : fmt::format("killed by signal {}", WTERMSIG(wait_status));
  }
  return fmt::format("wait status {:#x}", static_cast<std::uint32_t>(wait_status));
}

void add_recording(const Quality& quality, Lines& lines) {
  lines.emplace_back("command", quality.command.empty() ? "not recorded" : quality.command);
  if (quality.wait_status) lines.emplace_back("exit status", exit_text(*quality.wait_status));
  const auto seconds = [](std::uint64_t ns) { return static_cast<double>(ns) / 1e9; };
  const std::string_view unfinished = quality.recorder_tells_end ? "; the recorder did not come to its end" : "";
  if (quality.duration_ns) {
    lines.emplace_back("duration", fmt::format("{:.3f} s", seconds(*quality.duration_ns)));
  } else if (quality.span_ns) {
    lines.emplace_back(
        "duration", fmt::format("{:.3f} s from the first to the last sample{}", seconds(*quality.span_ns), unfinished));
  } else {
    lines.emplace_back("duration", fmt::format("unknown{}", unfinished));
  }
}

void add_sources(const Quality& quality, Lines& lines) {
  bool taken = false;
  for (const SourceQuality& source : quality.sources) {
    if (source.error_number != 0) continue;
    taken = true;
    lines.emplace_back("source", source.explanation.empty()
                                     ? std::string(source_name(source.kind))
                                     : fmt::format("{}: {}", source_name(source.kind), source.explanation));
  }
  if (!taken) lines.emplace_back("source", "not recorded");
  for (const SourceQuality& source : quality.sources) {
    if (source.error_number == 0) continue;
    lines.emplace_back("refused", fmt::format("{}: {}: {}", source_name(source.kind), errno_name(source.error_number),
                                              source.explanation));
  }
}

void add_events(const Quality& quality, Lines& lines) {
  for (const EventQuality& event : quality.events) {
    if (event.side_band) continue;
    if (event.asked == 0) {  // a member of a group whose first event samples
      lines.emplace_back("event", event.name + ": counted in the samples of another event");
      continue;
    }
    std::string text =
        fmt::format("{}: asked {} {}", event.name, event.asked, event.frequency ? "Hz" : "events per sample");
    if (const auto rate = reached_rate(quality, event)) {
      text += fmt::format(", reached {:.1f} samples per second of {}", rate->samples_per_second,
                          rate->of_cpu_time ? "the target's cpu time" : "wall time");
    }
    lines.emplace_back("event", text);
  }
}

std::string sample_text(const Quality& quality) {
  return fmt::format("{} (user {}, kernel {}, hypervisor {}, guest {}, unknown {})", quality.samples, quality.user,
                     quality.kernel, quality.hypervisor, quality.guest, quality.unknown_mode);
}

std::string vector_text(const Quality& quality) {
  if (!quality.vectors_asked()) return "vectors not recorded by this source";
  std::string text = fmt::format("{} of {} samples with vector registers ({:.2f}%)", quality.with_vectors,
                                 quality.vectors_expected, percent_of(quality.with_vectors, quality.vectors_expected));
  if (quality.untrusted_vectors != 0) {
    text += fmt::format(", {} of them of another moment and not used", quality.untrusted_vectors);
  }
  if (quality.guest != 0)
    text += fmt::format("; not of {} guest samples: what was recorded is the host's", quality.guest);
  return text;
}

template <class Causes>
void append_losses(const Ledger& ledger, const Causes& causes, std::uint64_t whole, std::string& text) {
  for (const LossCause cause : causes) {
    const std::uint64_t lost = ledger.lost(cause);
    if (lost == 0) continue;
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {}", loss_cause_name(cause), lost);
    if (whole != 0) text += fmt::format(" ({:.2f}%)", percent_of(lost, whole));
  }
}

std::string loss_text(const Quality& quality) {
  std::string text;
  append_losses(quality.ledger, kSampleLosses, samples_taken(quality), text);
  append_losses(quality.ledger, kImageLosses, quality.samples, text);
  append_losses(quality.ledger, std::array{LossCause::image_unmatched, LossCause::aux_truncated}, 0, text);
  append_losses(quality.ledger, kUnknownLosses, 0, text);
  return text.empty() ? "nothing" : text;
}

std::string skipped_text(const Quality& quality, bool verbose) {
  std::string text;
  for (const auto& [name, skipped] : quality.ledger.skipped()) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {}", name, skipped.count);
    if (verbose) text += fmt::format(" (first: {})", render_error(skipped.first));
  }
  for (const auto& [type, count] : quality.ledger.unknown_types()) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {} (unknown type)", record_name(type), count);
  }
  return text.empty() ? "no records" : text;
}

std::string unresolved_text(const Quality& quality) {
  std::uint64_t sum = 0;
  std::string reasons;
  for (const auto& [reason, count] : quality.unresolved) {
    sum += count;
    reasons += fmt::format("{}{} {}", reasons.empty() ? "" : ", ", unresolved_name(reason), count);
  }
  if (sum == 0) return "no samples";
  return fmt::format("{} samples ({:.2f}%): {}", sum, percent_of(sum, quality.samples), reasons);
}

void add_findings(const Quality& quality, Lines& lines) {
  const auto rules = quality.findings.rules();
  if (rules.empty()) lines.emplace_back("findings", "none");
  for (const FindingTally::RuleCount& rule : rules) {
    lines.emplace_back("finding", fmt::format("{} {}: {}: {} {}", rule_id_name(rule.rule), severity_name(rule.severity),
                                              rule.name, rule.samples, rule.samples == 1 ? "sample" : "samples"));
  }
}

}  // namespace

double loss_percent(const Quality& quality) {
  const std::uint64_t lost = lost_of(quality.ledger, kSampleLosses) + lost_of(quality.ledger, kImageLosses);
  return percent_of(lost, samples_taken(quality));
}

bool loss_unknown(const Quality& quality) {
  return lost_of(quality.ledger, kUnknownLosses) != 0 || !quality.ledger.skipped().empty();
}

Lines quality_lines(const Quality& quality, bool verbose) {
  Lines lines;
  add_recording(quality, lines);
  add_sources(quality, lines);
  add_events(quality, lines);
  lines.emplace_back("samples", sample_text(quality));
  lines.emplace_back("registers", vector_text(quality));
  lines.emplace_back("lost", loss_text(quality));
  for (auto& line : aux_lines(quality.aux)) lines.push_back(std::move(line));
  lines.emplace_back("throttled", fmt::format("{} times", quality.throttled));
  if (quality.paused_ns != 0) {
    lines.emplace_back("paused", fmt::format("{:.3f} s: stops came so fast that the target hardly got on",
                                             static_cast<double>(quality.paused_ns) / 1e9));
  }
  lines.emplace_back("skipped", skipped_text(quality, verbose));
  lines.emplace_back("unresolved", unresolved_text(quality));
  add_findings(quality, lines);
  return lines;
}

}  // namespace simdprof
