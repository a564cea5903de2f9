#pragma once

#include <intel-pt.h>
#include <cstdint>

#include "decoders/aux/aux_decoder.h"
#include "decoders/aux/pt_marks.h"

namespace simdprof {

/// AuxBranchFlag of what an instruction does; 0: no branch.
std::uint32_t pt_branch_flags(const pt_insn& instruction);

/// Turns the instructions of a flow into its branches. A branch is known when the next address is.
class PtBranches {
 public:
  /// @param marks  is told where the flow stands; nullptr: nobody wants to know
  PtBranches(const AuxWanted& wanted, AuxSink& sink, PtMarks* marks = nullptr)
      : wanted_(wanted), sink_(sink), marks_(marks) {}

  /// `instruction` ran.
  void executed(const AuxPlace& place, const pt_insn& instruction);
  /// The flow is at `ip`, which has not run yet.
  void arrives(const AuxPlace& place, VirtAddr ip);
  /// Tracing begins at `ip`.
  void begins(const AuxPlace& place, VirtAddr ip);
  /// Tracing ends with the last instruction. @param to  0: the trace does not tell
  void ends(const AuxPlace& place, VirtAddr to);
  /// Tracing ends before the instruction at `at`.
  void ends_async(const AuxPlace& place, VirtAddr at, VirtAddr to);
  /// Tracing ended at an unknown instruction on the way to `to`.
  void ends_unseen(const AuxPlace& place, VirtAddr to);
  /// Control went from `from`, which has not run, to `to`.
  void interrupted(const AuxPlace& place, VirtAddr from, VirtAddr to);
  /// The next interruption is the abort of a transaction.
  void aborts() { aborting_ = true; }
  /// So many cycles had passed at the packet that tells what comes next.
  void ticks(std::uint64_t cycles) { cycles_ = cycles; }
  /// Where the flow went is not known.
  void loses_flow();

 private:
  void give(const AuxPlace& place, VirtAddr from, VirtAddr to, std::uint32_t flags);
  void take_cycles(AuxBranch& branch);
  void stands(VirtAddr ip) {
    if (marks_ != nullptr) marks_->stands(ip);
  }

  AuxWanted wanted_;
  AuxSink& sink_;
  PtMarks* marks_;
  std::uint32_t pending_flags_ = 0;  ///< of the last instruction, when it is a branch
  VirtAddr last_ip_ = 0;             ///< of the last instruction
  VirtAddr behind_last_ = 0;         ///< where the next one stands
  bool aborting_ = false;
  bool counted_ = false;  ///< the count of instructions began at a branch
  std::uint64_t instructions_ = 0;
  std::uint64_t cycles_ = 0;              ///< as the trace counts them
  std::uint64_t insn_cycles_ = 0;         ///< of these, up to the last instruction
  std::uint64_t told_cycles_ = 0;         ///< of these, up to the last branch that was given some
  std::uint64_t cycle_instructions_ = 0;  ///< that ran since
  bool cycles_begin_ = false;             ///< the flow was lost: cycles count from the next branch on
};

}  // namespace simdprof
