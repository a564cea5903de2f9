#include "decoders/validity/rule_table.h"

#include <array>

#include "decoders/validity/neighbour_rules.h"
#include "decoders/validity/section_rules.h"
#include "decoders/validity/thread_rules.h"

namespace simdprof {
namespace {

constexpr std::uint8_t kUserAll = kDistrustUserGpr | kDistrustUserVectors;
constexpr std::uint8_t kIntrAll = kDistrustIntrGpr | kDistrustIntrVectors;

constexpr std::array kRules = {
    Rule{RuleId::r1, Severity::error, false, kUserAll | kIntrAll, "register sets differ in user mode",
         "In user mode both sets have one source, so registers that both hold must be the same.",
         "none on native Linux; sections of different bitness or form are not compared", judge_r1},
    Rule{RuleId::r2, Severity::error, false, kUserAll, "kernel registers in the user set",
         "The user set of a kernel hit has a kernel instruction pointer, or a code segment that is not ring 3.",
         "the vsyscall page and entry frames that were never filled are left out", judge_r2},
    Rule{RuleId::r3, Severity::error, false, kIntrAll, "skid leak into a user-only event",
         "The event excludes the kernel, but the sample has a kernel address or the kernel's registers.",
         "the vsyscall page and guest hits are left out; ip 0 with an empty set is the kernel's guard against it",
         judge_r3},
    Rule{RuleId::r4, Severity::strong, true, kDistrustUserVectors, "user vectors are the kernel's",
         "In a kernel function that uses SIMD itself, both sets hold the same rich values.",
         "a hit before or after the function's FPU section; functions that only share a name with one of the list",
         judge_r4, true},
    Rule{RuleId::r5, Severity::strong, false, kDistrustUserVectors, "user vectors lost",
         "User vectors of a kernel hit are all 0 although the live ones are not and those of the hits around are rich.",
         "a program that clears all registers between two hits, when the live ones are the kernel's or another "
         "thread's; severity is medium when that may be so or the event is not precise",
         judge_r5, true},
    Rule{RuleId::r6, Severity::strong, false, kDistrustUserVectors, "user vectors of another process",
         "User vectors of a kernel hit repeat a block that another process had on the same CPU, and the thread never "
         "has them in user mode.",
         "processes that work on the same data; severity is medium when they may run the same program, or when the "
         "other "
         "had the values first in code that both have mapped, as the loader",
         judge_r6, true},
    Rule{RuleId::r7, Severity::medium, false, kDistrustUserVectors, "stale user vectors",
         "User vectors of a kernel hit repeat an older block of the thread, although user-mode hits since had others "
         "and the "
         "next one has others too.",
         "loops that come back to the same values and leave them at once", judge_r7, true},
    Rule{RuleId::r8, Severity::medium, true, kDistrustUserVectors, "kernel pointers in user vectors",
         "User vectors of several samples of the thread hold addresses of kernel text, modules or data.",
         "packed integers and NaN payloads of that form; programs that handle kernel addresses, as profilers do",
         judge_r8, true},
    Rule{RuleId::r9, Severity::error, false, kDistrustNothing, "user set missing",
         "A user-mode hit has no user set; or a thread's kernel hits lack it more often than entry timing explains "
         "(medium).",
         "kernel hits while the entry frame is built; kernel threads; recorders that empty the set themselves",
         judge_r9},
    Rule{RuleId::r10, Severity::info, false, kDistrustNothing, "sets of two moments",
         "Precise kernel hit: the interrupt vectors are from the PEBS record, the user's from the interrupt after it.",
         "this is legal", judge_r10, true},
    Rule{RuleId::r11, Severity::info, false, kDistrustNothing, "interrupt came late",
         "User-mode hit whose call chain starts in the kernel: the interrupt came after the instruction. Registers are "
         "those of the instruction.",
         "this is legal", judge_r11},
    Rule{RuleId::r12, Severity::guard, false, kDistrustIntrVectors, "vectors of the kernel or of a guest",
         "Interrupt vectors outside of user mode are the kernel's, a guest's or whoever was last; they are never "
         "analysed.",
         "none: this is a rule of use", judge_r12},
    Rule{RuleId::r13, Severity::guard, false, kDistrustNothing, "registers an NMI cannot read",
         "BX and R12 to R15 of a kernel hit are all ones: not captured. They are not shown and not used to unwind.",
         "none: this is a rule of use", judge_r13},
    Rule{RuleId::r14, Severity::error, false, kUserAll | kIntrAll, "bytes left over in a sample",
         "After all sections bytes remain, so the layout is not the one that was announced; the record is not used.",
         "none", nullptr},
    Rule{RuleId::r15, Severity::info, false, kDistrustNothing, "all vectors are zero",
         "All user-mode hits of the thread have vectors that are 0: integer-only code, or no data source.",
         "this is legal", nullptr},
    Rule{RuleId::r16, Severity::guard, false, kDistrustNothing, "order of lanes and registers",
         "Swapped halves, wrong order and shifted masks look like data. A self test with known patterns finds them.",
         "none: the test suite runs it", nullptr},
};
static_assert(kRules.size() == kRuleCount);

}  // namespace

std::span<const Rule> rule_table() { return kRules; }

const Rule& rule_of(RuleId id) { return kRules[(static_cast<std::size_t>(id) - 1) % kRuleCount]; }

Finding& FindingSink::add(RuleId rule, const SampleRef& sample) {
  const Rule& facts = rule_of(rule);
  Finding& finding = out_.emplace_back();
  finding.rule = rule;
  finding.severity = facts.severity;
  finding.heuristic = facts.heuristic;
  finding.name = facts.name;
  finding.distrust = facts.distrust;
  finding.sample = sample;
  return finding;
}

}  // namespace simdprof
