#include "decoders/validity/thread_rules.h"

#include <bit>

namespace simdprof {
namespace {

/// R8: so many words in one sample are sure; fewer are chance until a second sample has some too.
constexpr unsigned kManyWords = 4;
/// R9: a thread whose samples lack the user set more often than this, in percent; and at least so many times.
constexpr std::uint64_t kRarePercent = 1;
constexpr std::uint64_t kRareSamples = 3;

constexpr std::string_view kNoDataSource = "no sample of the event has a vector that is not 0: no data source";
constexpr std::string_view kInitState = "other samples of the event have vectors: integer-only code";
constexpr std::string_view kRate = "the user set is missing too often for a chance of timing";

/// In the low 128 bits of registers 0 to 15: what kernels before the SIMD ABI could read wrongly.
unsigned kernel_pointers(const RegisterSet& set, const VectorBlock& block, const KernelRanges& ranges) {
  unsigned count = 0;
  for (unsigned left = block.recorded; left != 0; left &= left - 1) {
    const auto& words = set.vector[static_cast<std::size_t>(std::countr_zero(left))].words;
    count += ranges.is_kernel_pointer(words[0]) ? 1U : 0U;
    count += ranges.is_kernel_pointer(words[1]) ? 1U : 0U;
  }
  return count;
}

}  // namespace

void judge_r8(const CheckedSample& checked, RuleHistory& history, FindingSink& out) {
  if (checked.kernel_mode() && checked.sets != nullptr) history.ranges.observe_kernel_hit(checked.sets->intr);
  ThreadHistory* thread = history.thread;
  if (thread == nullptr || checked.sets == nullptr || !checked.user.upper_half) return;
  const unsigned words = kernel_pointers(checked.sets->user, checked.user, history.ranges);
  if (words == 0) return;
  if (!thread->holds_pointers) {
    const bool sure = words >= kManyWords || thread->early_pointer_hit.has_value();
    if (!sure) {
      thread->early_pointer_hit = checked.ref;
      return;
    }
    thread->holds_pointers = true;
    if (thread->early_pointer_hit) out.add(RuleId::r8, *thread->early_pointer_hit);
    thread->early_pointer_hit.reset();
  }
  out.add(RuleId::r8, checked.ref);
}

void count_for_thread(const CheckedSample& checked, ThreadHistory& thread) {
  thread.last_sample = checked.ref;
  ++thread.samples;
  if (checked.user_mode()) ++thread.user_samples;
  if (checked.kernel_mode() && checked.sample->has(abi::PERF_SAMPLE_REGS_USER) && checked.sample->regs_user.abi == 0) {
    ++thread.without_user_set;
  }
  if (!checked.user_mode() || (checked.user.empty() && checked.intr.empty())) return;
  const auto zero = [](const VectorBlock& block, const RegisterSet& set) {
    return block.empty() || (block.zero && zero_vectors(set));
  };
  if (zero(checked.user, checked.sets->user) && zero(checked.intr, checked.sets->intr)) {
    ++thread.zero_user_hits;
  } else {
    thread.any_nonzero_user_hit = true;
  }
}

void close_thread(const ThreadHistory& thread, RuleHistory& history, FindingSink& out) {
  const std::uint32_t last_event = thread.last_sample.event;
  const bool has_user_sets = last_event < history.event_has_user_set.size() && history.event_has_user_set[last_event];
  if (has_user_sets && thread.user_samples != 0 && thread.without_user_set >= kRareSamples &&
      thread.without_user_set * 100 > thread.samples * kRarePercent) {
    Finding& finding = out.add(RuleId::r9, thread.last_sample);
    finding.severity = Severity::medium;
    finding.note = kRate;
    finding.whole_thread = true;
    finding.thread_samples = thread.without_user_set;
  }
  const bool all_zero = thread.zero_user_hits != 0 && !thread.any_nonzero_user_hit;
  if (all_zero && history.zero_threads.size() < RuleHistory::kMaxZeroThreads) {
    history.zero_threads.push_back({thread.last_sample, thread.zero_user_hits});
  }
}

void tell_zero_threads(RuleHistory& history, FindingSink& out) {
  for (const RuleHistory::ZeroThread& thread : history.zero_threads) {
    const std::uint32_t event = thread.last_sample.event;
    const bool has_source = event < history.event_has_vectors.size() && history.event_has_vectors[event];
    Finding& finding = out.add(RuleId::r15, thread.last_sample);
    finding.note = has_source ? kInitState : kNoDataSource;
    finding.whole_thread = true;
    finding.thread_samples = thread.user_hits;
  }
  history.zero_threads.clear();
}

}  // namespace simdprof
