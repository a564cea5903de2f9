#include "decoders/validity/neighbour_rules.h"

#include <algorithm>
#include <iterator>

#include "decoders/validity/kernel_simd_symbols.h"

namespace simdprof {
namespace {

/// R5: user-mode hits farther away than this are no neighbours. At 999 Hz some hundred samples fit in between.
constexpr std::uint64_t kNeighbourNs = 100'000'000;
/// R6: after this many user-mode hits with other values the block is not the thread's own.
constexpr std::uint32_t kUserHitsWatched = 64;
/// R7: registers that must have changed in between, of 16.
constexpr unsigned kChangedRegisters = 4;

constexpr std::uint16_t kAll16 = 0xffff;
constexpr std::uint16_t kAll8 = 0x00ff;  // of a 32-bit task

constexpr std::string_view kNotPrecise = "suspect: the event is not precise, where the defect is not known";
constexpr std::string_view kJustSwitched = "suspect: the live registers may be those of the thread before on the CPU";
constexpr std::string_view kSuspect = "suspect: the two processes may run the same program";
constexpr std::string_view kUnowned = "suspect: the earlier values were read in the kernel";

void emit(const Pending& pending, FindingSink& out) {
  Finding& finding = out.add(pending.rule, pending.sample);
  finding.severity = pending.severity;
  finding.note = pending.note;
}

void add_pending(ThreadHistory& thread, const Pending& pending, FindingSink& out) {
  if (thread.pending.size() == ThreadHistory::kMaxPending) {
    // Nothing cleared the oldest so far. An R5 that no user hit of its thread has decided stays undecided.
    if (thread.pending.front().rule == RuleId::r6) emit(thread.pending.front(), out);
    thread.pending.erase(thread.pending.begin());
  }
  thread.pending.push_back(pending);
}

bool near(std::uint64_t earlier_ns, std::uint64_t later_ns) {
  return later_ns >= earlier_ns && later_ns - earlier_ns <= kNeighbourNs;
}

enum class Verdict : std::uint8_t { holds, cleared, open };

/// What the user-mode hit `checked` says of a pending finding of its thread.
Verdict decide(const CheckedSample& checked, Pending& pending) {
  if (pending.rule == RuleId::r5) {
    const bool holds = checked.user.rich && near(pending.sample.time_ns, checked.ref.time_ns);
    return holds ? Verdict::holds : Verdict::cleared;
  }
  if (checked.user.hash == pending.hash) return Verdict::cleared;
  return --pending.user_hits_left == 0 ? Verdict::holds : Verdict::open;
}

/// Whether the thread had these values in user mode.
bool is_own_block(const ThreadHistory& thread, std::uint64_t hash) {
  return std::any_of(thread.blocks.begin(), thread.blocks.end(),
                     [hash](const ThreadHistory::OwnBlock& own) { return own.user_mode && own.block.hash == hash; });
}

}  // namespace

void judge_r4(const CheckedSample& checked, RuleHistory& /*history*/, FindingSink& out) {
  if (!checked.kernel_mode() || !checked.user.rich || checked.intr.empty()) return;
  if (!equal_vectors(checked.sets->user, checked.sets->intr)) return;
  if (is_kernel_simd_symbol(checked.symbol)) out.add(RuleId::r4, checked.ref);
}

void judge_r5(const CheckedSample& checked, RuleHistory& history, FindingSink& out) {
  if (!checked.kernel_mode() || !checked.user.zero || checked.intr.empty() || checked.intr.zero) return;
  // In a kernel FPU section the interrupt set is the kernel's, and a program may well have cleared its registers. D3
  // strikes outside of such sections, where the live registers are still the program's.
  if (is_kernel_simd_symbol(checked.symbol)) return;
  ThreadHistory* thread = history.thread;
  if (thread == nullptr || !thread->last_user_hit || checked.ref.time_ns == kNoTime) return;
  if (!thread->last_user_hit->rich || !near(thread->last_user_hit->time_ns, checked.ref.time_ns)) return;
  Pending pending{RuleId::r5, Severity::strong, {}, checked.ref, checked.user.hash, 1};
  if (!checked.precise()) {
    pending.severity = Severity::medium;
    pending.note = kNotPrecise;
  } else if (!checked.ref.has_cpu || thread->last_sample.cpu != checked.ref.cpu ||
             !history.cpus.owns_registers(checked.ref.cpu, checked.ref.tid)) {
    pending.severity = Severity::medium;
    pending.note = kJustSwitched;
  }
  add_pending(*thread, pending, out);
}

void judge_r6(const CheckedSample& checked, RuleHistory& history, FindingSink& out) {
  ThreadHistory* thread = history.thread;
  if (!checked.kernel_mode() || !checked.user.rich || thread == nullptr || !checked.ref.has_cpu) return;
  const SeenBlock* other = nullptr;
  for (const SeenBlock& seen : history.cpus.blocks(checked.ref.cpu)) {
    if (seen.hash != checked.user.hash) continue;
    if (seen.pid == checked.ref.pid && seen.user_mode) return;
    if (seen.pid != checked.ref.pid && (other == nullptr || seen.owned)) other = &seen;
  }
  if (other == nullptr || is_own_block(*thread, checked.user.hash)) return;
  Pending pending{RuleId::r6, Severity::strong, {}, checked.ref, checked.user.hash, kUserHitsWatched};
  if (!history.programs.differ(other->pid, checked.ref.pid)) {
    pending.severity = Severity::medium;
    pending.note = kSuspect;
  } else if (!other->owned) {
    pending.severity = Severity::medium;
    pending.note = kUnowned;
  }
  add_pending(*thread, pending, out);
}

bool is_doubted(const ThreadHistory& thread, std::uint64_t sample_number) {
  return std::any_of(thread.pending.begin(), thread.pending.end(), [sample_number](const Pending& pending) {
    return pending.rule == RuleId::r6 && pending.sample.number == sample_number;
  });
}

void judge_r7(const CheckedSample& checked, RuleHistory& history, FindingSink& out) {
  const ThreadHistory* thread = history.thread;
  if (!checked.kernel_mode() || thread == nullptr || checked.user.zero) return;
  if (checked.user.recorded != kAll16 && checked.user.recorded != kAll8) return;
  bool changed_in_user_mode = false;
  for (auto own = thread->blocks.rbegin(); own != thread->blocks.rend(); ++own) {
    if (own->block.hash == checked.user.hash) {
      if (changed_in_user_mode) out.add(RuleId::r7, checked.ref);
      return;
    }
    if (own->user_mode && own->block.recorded == checked.user.recorded &&
        count_different(own->block, checked.user) >= kChangedRegisters) {
      changed_in_user_mode = true;
    }
  }
}

void decide_pending(const CheckedSample& checked, ThreadHistory& thread, FindingSink& out) {
  if (thread.pending.empty() || !checked.user_mode() || checked.user.empty()) return;
  for (auto pending = thread.pending.begin(); pending != thread.pending.end();) {
    const Verdict verdict = decide(checked, *pending);
    if (verdict == Verdict::holds) emit(*pending, out);
    pending = verdict == Verdict::open ? std::next(pending) : thread.pending.erase(pending);
  }
}

void close_pending(ThreadHistory& thread, FindingSink& out) {
  for (const Pending& pending : thread.pending) {
    if (pending.rule == RuleId::r6) emit(pending, out);
  }
  thread.pending.clear();
  thread.last_user_hit.reset();
}

void part_from_neighbours(ThreadHistory& thread) {
  thread.last_user_hit.reset();
  std::erase_if(thread.pending, [](const Pending& pending) { return pending.rule == RuleId::r5; });
}

}  // namespace simdprof
