#pragma once

#include <cstdint>
#include <string_view>

#include "lib/base/units.h"
#include "lib/model/sample.h"

namespace simdprof {

/// Rules that say which recorded values may not be trusted. Numbers are those of man/simdprof-findings.7.
enum class RuleId : std::uint8_t { r1 = 1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, r13, r14, r15, r16 };
inline constexpr std::size_t kRuleCount = 16;

/// How much a finding means, least first.
enum class Severity : std::uint8_t {
  info,    ///< legal; tells how to read the sample
  guard,   ///< values that are never used, whatever they are
  medium,  ///< may be wrong, may be chance
  strong,  ///< no known correct kernel does this
  error,   ///< contradicts what the kernel promises
};
/// "info", "guard", "medium", "strong", "error".
std::string_view severity_name(Severity severity);
/// "R1" to "R16".
std::string_view rule_id_name(RuleId rule);

/// Values of a sample that a finding distrusts; bits.
enum Distrust : std::uint8_t {
  kDistrustNothing = 0,
  kDistrustUserGpr = 1,
  kDistrustUserVectors = 2,
  kDistrustIntrGpr = 4,
  kDistrustIntrVectors = 8,
};
/// "user-gpr", "user-vectors,intr-vectors", ..., "nothing".
std::string_view distrust_name(std::uint8_t distrust);

/// Which sample a finding is about.
struct SampleRef {
  std::uint64_t number = 0;  ///< of the samples that were checked, in their order, from 0
  std::uint32_t event = 0;   ///< index of the event in the recording
  std::uint32_t cpu = 0;     ///< means something only with has_cpu
  bool has_cpu = false;
  CpuMode mode = CpuMode::unknown;
  Pid pid = 0;
  Tid tid = 0;
  std::uint64_t time_ns = kNoTime;
  VirtAddr ip = 0;
  std::uint32_t place = 0;  ///< a number of the caller's for the sample, given back as it was: where its ip is
};

/// One rule that held. A finding may come later than its sample: some rules have to see what follows.
struct Finding {
  RuleId rule = RuleId::r1;
  Severity severity = Severity::info;
  bool heuristic = false;            ///< rests on a list or a guess that can be wrong
  std::uint8_t distrust = 0;         ///< Distrust bits
  bool whole_thread = false;         ///< about the thread; `sample` is its last one
  std::uint64_t thread_samples = 0;  ///< with whole_thread: samples of the thread that it counts
  std::string_view name;             ///< of the rule, in a few words. Static text
  std::string_view note;             ///< what is special about this one; empty: nothing. Static text
  SampleRef sample;
};

}  // namespace simdprof
