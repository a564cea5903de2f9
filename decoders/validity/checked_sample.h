#pragma once

#include <string_view>
#include <vector>

#include "decoders/validity/cpu_history.h"
#include "decoders/validity/kernel_ranges.h"
#include "decoders/validity/program_table.h"
#include "decoders/validity/thread_history.h"
#include "decoders/validity/vector_block.h"
#include "lib/model/finding.h"
#include "lib/model/register_set.h"
#include "lib/model/sample.h"

namespace simdprof {

/// One sample as rules see it.
struct CheckedSample {
  const Sample* sample = nullptr;
  const RegisterSets* sets = nullptr;  ///< nullptr: no vectors were recorded with it
  const abi::EventAttr* attr = nullptr;
  abi::Arch arch = abi::Arch::unknown;
  std::string_view symbol;  ///< kernel function at ip; empty: unknown
  SampleRef ref;
  VectorBlock user, intr;  ///< empty where the kernel read no vectors

  [[nodiscard]] bool user_mode() const { return sample->mode == CpuMode::user; }
  [[nodiscard]] bool kernel_mode() const { return sample->mode == CpuMode::kernel; }
  /// Vectors of the interrupt set come from a PEBS record, those of the user set from the interrupt after it.
  [[nodiscard]] bool precise() const { return sample->exact_ip() || abi::precise_ip(*attr) != 0; }
};

/// What came before it.
struct RuleHistory {
  explicit RuleHistory(abi::Arch arch) : ranges(arch) {}

  KernelRanges ranges;
  ProgramTable programs;
  CpuHistory cpus;
  ThreadHistories threads;
  ThreadHistory* thread = nullptr;      ///< of the sample at hand; nullptr when nothing is kept of it
  std::vector<bool> event_has_vectors;  ///< by event: some sample of it had a vector that is not 0

  std::vector<bool> event_has_user_set;  ///< by event: some sample of it had a user set

  /// A closed thread of which all vectors were 0 (R15): what that means is known when all samples were seen.
  struct ZeroThread {
    SampleRef last_sample;
    std::uint64_t user_hits = 0;
  };
  static constexpr std::size_t kMaxZeroThreads = 65536;  ///< more are not told
  std::vector<ZeroThread> zero_threads;
};

/// Findings about one sample or thread, with what the rule table says of their rule.
class FindingSink {
 public:
  explicit FindingSink(std::vector<Finding>& out) : out_(out) {}
  /// A finding as the table has it.
  Finding& add(RuleId rule, const SampleRef& sample);

 private:
  std::vector<Finding>& out_;
};

}  // namespace simdprof
