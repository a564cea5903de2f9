#include "decoders/validity/neighbour_rules.h"

#include <algorithm>
#include <bit>
#include <iterator>

#include "decoders/validity/kernel_simd_symbols.h"

namespace simdprof {
namespace {

/// R5: user-mode hits farther away than this are no neighbours. At 999 Hz some hundred samples fit in between.
constexpr std::uint64_t kNeighbourNs = 100'000'000;
/// R6: after this many user-mode hits with other values the block is not the thread's own.
constexpr std::uint32_t kUserHitsWatched = 64;
/// R7: registers that must have changed in between, of 16, and are not 0: any code comes back to zeros.
constexpr int kChangedRegisters = 4;
/// R7: of those, registers in which a hit that follows has the doubted values again, so that they were its own.
constexpr int kOwnRegisters = 2;
/// R6: registers that the user-mode hits before and after a suspect have alike, other than 0, and it has not. Of
/// suspects in recordings of programs that start the right ones had none, the wrong ones 2 to 16.
constexpr int kHeldRegisters = 2;

constexpr std::uint16_t kAll16 = 0xffff;
constexpr std::uint16_t kAll8 = 0x00ff;  // of a 32-bit task

constexpr std::string_view kNotPrecise = "suspect: the event is not precise, where the defect is not known";
constexpr std::string_view kJustSwitched = "suspect: the live registers may be those of the thread before on the CPU";
constexpr std::string_view kSuspect = "suspect: the two processes may run the same program";
constexpr std::string_view kSharedCode = "suspect: the other process had them in code of a file that both have mapped";
constexpr std::string_view kUnowned = "suspect: the earlier values were read in the kernel";

void emit(const Pending& pending, FindingSink& out) {
  Finding& finding = out.add(pending.rule, pending.sample);
  finding.severity = pending.severity;
  finding.note = pending.note;
}

void add_pending(ThreadHistory& thread, const Pending& pending, FindingSink& out) {
  if (thread.pending.size() == ThreadHistory::kMaxPending) {
    // Nothing cleared the oldest so far.
    if (!thread.pending.front().undecided) emit(thread.pending.front(), out);
    thread.pending.erase(thread.pending.begin());
  }
  thread.pending.push_back(pending);
}

bool near(std::uint64_t earlier_ns, std::uint64_t later_ns) {
  return later_ns >= earlier_ns && later_ns - earlier_ns <= kNeighbourNs;
}

enum class Verdict : std::uint8_t { holds, cleared, open };

/// R6: whether the user-mode hits around a doubted one agree on registers in which it differs from both.
bool held_other_values(const ThreadHistory& thread, const VectorBlock& doubted, const VectorBlock& after) {
  const VectorBlock& before = thread.last_user_block;
  if (before.recorded != doubted.recorded || after.recorded != doubted.recorded) return false;
  const unsigned held = before.nonzero & different_registers(before, doubted) & ~different_registers(before, after);
  return std::popcount(held) >= kHeldRegisters;
}

/// R7: whether a later block of the thread has values that only the doubted one had brought back.
bool goes_on_from(const Pending& pending, const VectorBlock& later) {
  const unsigned same = pending.changed & ~different_registers(later, pending.block) & later.recorded;
  return std::popcount(same) >= kOwnRegisters;
}

/// What the user-mode hit `checked` says of a pending finding of its thread.
Verdict decide(const CheckedSample& checked, const ThreadHistory& thread, Pending& pending) {
  if (pending.rule == RuleId::r5) {
    const bool holds = checked.user.rich && near(pending.sample.time_ns, checked.ref.time_ns);
    return holds ? Verdict::holds : Verdict::cleared;
  }
  if (pending.rule == RuleId::r7) return goes_on_from(pending, checked.user) ? Verdict::cleared : Verdict::holds;
  if (checked.user.hash == pending.block.hash) return Verdict::cleared;
  if (pending.undecided && !held_other_values(thread, pending.block, checked.user)) return Verdict::cleared;
  pending.undecided = false;
  return --pending.user_hits_left == 0 ? Verdict::holds : Verdict::open;
}

/// Whether the thread had these values in user mode.
bool is_own_block(const ThreadHistory& thread, std::uint64_t hash) {
  return std::any_of(thread.blocks.begin(), thread.blocks.end(),
                     [hash](const ThreadHistory::OwnBlock& own) { return own.user_mode && own.block.hash == hash; });
}

}  // namespace

// Where such a routine has not loaded anything yet, both sets are still the program's: it had these values before.
void judge_r4(const CheckedSample& checked, RuleHistory& history, FindingSink& out) {
  if (!checked.kernel_mode() || !checked.user.rich || checked.intr.empty()) return;
  if (!equal_vectors(checked.sets->user, checked.sets->intr)) return;
  const ThreadHistory* thread = history.thread;
  if (thread != nullptr &&
      (thread->last_user_block.hash == checked.user.hash || is_own_block(*thread, checked.user.hash)))
    return;
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
  Pending pending{RuleId::r5, Severity::strong, {}, checked.ref, checked.user, 0, 1, true};
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

// The loader and the C library leave the same values in every process, also of different programs; a block that the
// other process had there first is a suspect. Three ways to know were weighed. The file of each block's code, kept with
// the block, is a lookup for each sample. The same file at both hits, asked when R6 speaks, is too narrow: while it
// relocates the loader calls the library it loads. So the user ip is kept with a block, and what counts is that the
// file there, as mapped now, is one that this process has too. A mapping costs 24 bytes, and samples nothing.
//
// A suspect wants evidence. Silence about suspects would hide the defect between workers of one program. Kernel hits as
// evidence would serve threads that are seldom in user mode, but a wrong one can be followed by the next wrong one, and
// two of these agree. So the user-mode hits around decide, which are always the thread's own: they agree on values that
// the suspect has not. A program that starts goes from one thing to the next, and they do not.
void judge_r6(const CheckedSample& checked, RuleHistory& history, FindingSink& out) {
  ThreadHistory* thread = history.thread;
  if (!checked.kernel_mode() || !checked.user.rich || thread == nullptr || !checked.ref.has_cpu) return;
  const auto blocks = history.cpus.blocks(checked.ref.cpu);
  const SeenBlock* other = nullptr;
  for (const SeenBlock& seen : blocks) {
    if (seen.hash != checked.user.hash) continue;
    if (seen.pid == checked.ref.pid && seen.user_mode) return;
    if (seen.pid != checked.ref.pid && (other == nullptr || seen.owned)) other = &seen;
  }
  if (other == nullptr || is_own_block(*thread, checked.user.hash)) return;
  const bool shared_code = std::any_of(blocks.begin(), blocks.end(), [&](const SeenBlock& seen) {
    return seen.hash == checked.user.hash && seen.pid != checked.ref.pid &&
           history.programs.shares_code(seen.pid, seen.user_ip, checked.ref.pid);
  });
  Pending pending{RuleId::r6, Severity::strong, {}, checked.ref, checked.user, 0, kUserHitsWatched};
  if (!history.programs.differ(other->pid, checked.ref.pid)) {
    pending.severity = Severity::medium;
    pending.note = kSuspect;
  } else if (shared_code) {
    pending.severity = Severity::medium;
    pending.note = kSharedCode;
  } else if (!other->owned) {
    pending.severity = Severity::medium;
    pending.note = kUnowned;
  }
  pending.undecided = pending.severity != Severity::strong;
  add_pending(*thread, pending, out);
}

bool is_doubted(const ThreadHistory& thread, std::uint64_t sample_number) {
  return std::any_of(thread.pending.begin(), thread.pending.end(), [sample_number](const Pending& pending) {
    return pending.rule == RuleId::r6 && pending.sample.number == sample_number;
  });
}

// What the last user-mode hit had is no older block: when the program went on since without being seen, a stale image
// and a right one are the same. The live registers could tell, but a right image differs from them, too, when they are
// the kernel's or another thread's.
//
// A longer look back, by keeping a block that stays only once, finds a few stale blocks more and blames loaders, which
// come back to what they had after many samples.
//
// A loop can come back to the same values. Two ways to tell it from a stale image were weighed. A comeback seen in
// user mode before would clear the values, but loaders do each thing once or twice. So the hits that follow decide: a
// thread goes on from what it has, and some of the registers that had changed are still those of the doubted block. A
// kernel-mode hit can say so, too, when it has some of them and not the whole block: the same stale image comes twice.
//
// Where a program calls a function of a library for the first time, the loader looks it up, and puts all argument
// registers back that it has used, vectors among them: a hit in the loader is no witness of a change.
void judge_r7(const CheckedSample& checked, RuleHistory& history, FindingSink& out) {
  ThreadHistory* thread = history.thread;
  if (!checked.kernel_mode() || thread == nullptr || !checked.user.rich) return;
  if (checked.user.recorded != kAll16 && checked.user.recorded != kAll8) return;
  std::uint16_t changed = 0;  // in user mode since, latest hit first
  for (auto own = thread->blocks.rbegin(); own != thread->blocks.rend(); ++own) {
    if (own->block.hash == checked.user.hash) {
      if (changed == 0 && own->user_mode) return;
      if (changed == 0) continue;  // perhaps doubted itself
      add_pending(*thread, {RuleId::r7, Severity::medium, {}, checked.ref, checked.user, changed, 1}, out);
      return;
    }
    if (changed != 0 || !own->user_mode || own->block.recorded != checked.user.recorded) continue;
    const unsigned different = different_registers(own->block, checked.user) & checked.user.nonzero;
    if (std::popcount(different) < kChangedRegisters) continue;
    if (!history.programs.is_loader(checked.ref.pid, own->ip)) changed = static_cast<std::uint16_t>(different);
  }
}

void decide_pending(const CheckedSample& checked, ThreadHistory& thread, FindingSink& out) {
  if (thread.pending.empty() || checked.user.empty()) return;
  if (checked.kernel_mode()) {
    std::erase_if(thread.pending, [&checked](const Pending& pending) {
      return pending.rule == RuleId::r7 && checked.user.hash != pending.block.hash &&
             goes_on_from(pending, checked.user);
    });
  }
  if (!checked.user_mode()) return;
  for (auto pending = thread.pending.begin(); pending != thread.pending.end();) {
    const Verdict verdict = decide(checked, thread, *pending);
    if (verdict == Verdict::holds) emit(*pending, out);
    pending = verdict == Verdict::open ? std::next(pending) : thread.pending.erase(pending);
  }
}

void close_pending(ThreadHistory& thread, FindingSink& out) {
  for (const Pending& pending : thread.pending) {
    if (!pending.undecided) emit(pending, out);
  }
  thread.pending.clear();
  thread.last_user_hit.reset();
  thread.last_user_block = {};
}

void part_from_neighbours(ThreadHistory& thread) {
  thread.last_user_hit.reset();
  thread.last_user_block = {};
  std::erase_if(thread.pending, [](const Pending& pending) { return pending.rule == RuleId::r5; });
}

}  // namespace simdprof
