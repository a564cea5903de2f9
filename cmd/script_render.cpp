#include "cmd/script_render.h"

#include <array>

namespace simdprof::cmd {

std::uint64_t period_of(const SampleHit& hit) {
  if (hit.sample->has(abi::PERF_SAMPLE_PERIOD)) return hit.sample->period;
  return hit.event->attr.sample_period_or_freq;  // a frequency needs PERF_SAMPLE_PERIOD, so this is a period
}

std::string_view long_dso_name(const Location& place) {
  const bool is_file = place.dso.empty() || place.dso.front() != '[';
  return is_file && !place.dso_path.empty() ? place.dso_path : place.dso;
}

char prediction_mark(std::uint64_t branch_flags) {
  if ((branch_flags & 1U) != 0) return 'M';
  return (branch_flags & 2U) != 0 ? 'P' : '-';
}

std::string_view branch_type_name(std::uint64_t branch_flags) {
  static constexpr std::array<std::string_view, 16> kNames = {
      "",       "COND",      "UNCOND",   "IND",  "CALL", "IND_CALL", "RET",   "SYSCALL",
      "SYSRET", "COND_CALL", "COND_RET", "ERET", "IRQ",  "SERROR",   "NO_TX", ""};
  return kNames[(branch_flags >> 20U) & 15U];
}

std::uint64_t branch_cycles(std::uint64_t branch_flags) { return (branch_flags >> 4U) & 0xffffU; }

}  // namespace simdprof::cmd
