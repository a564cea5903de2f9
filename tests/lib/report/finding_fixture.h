#pragma once

#include "lib/report/finding_tally.h"

namespace simdprof::test {

inline Finding finding_of(RuleId rule, Severity severity, Tid tid = 43, std::uint32_t cpu = 1,
                          std::uint64_t time_ns = 1000, std::uint32_t place = kNoPlace) {
  Finding finding;
  finding.rule = rule;
  finding.severity = severity;
  finding.name = "a rule, in words";
  finding.sample.pid = 42;
  finding.sample.tid = tid;
  finding.sample.cpu = cpu;
  finding.sample.has_cpu = true;
  finding.sample.time_ns = time_ns;
  finding.sample.place = place;
  return finding;
}

}  // namespace simdprof::test
