#include "decoders/aux/pt_branches.h"

#include <algorithm>
#include <cstring>

namespace simdprof {
namespace {

/// The opcode behind prefixes: 0x0f05 for "0f 05", 0xcf for "cf".
unsigned opcode_of(const pt_insn& instruction) {
  std::size_t at = 0;
  const auto is_prefix = [](std::uint8_t byte) {
    switch (byte) {
      case 0x26:
      case 0x2e:
      case 0x36:
      case 0x3e:
      case 0x64:
      case 0x65:
      case 0x66:
      case 0x67:
      case 0xf0:
      case 0xf2:
      case 0xf3: return true;
      default: return false;
    }
  };
  while (at < instruction.size && is_prefix(instruction.raw[at])) ++at;
  const bool rex = instruction.mode == ptem_64bit && at < instruction.size && (instruction.raw[at] & 0xf0) == 0x40;
  if (rex) ++at;
  if (at >= instruction.size) return 0;
  if (instruction.raw[at] != 0x0f || at + 1 >= instruction.size) return instruction.raw[at];
  return 0x0f00U | instruction.raw[at + 1];
}

constexpr unsigned kSyscall = 0x0f05, kSysret = 0x0f07, kSysenter = 0x0f34, kSysexit = 0x0f35, kVmx = 0x0f01;
constexpr unsigned kInt3 = 0xcc, kInt = 0xcd, kInto = 0xce, kInt1 = 0xf1, kIret = 0xcf;

std::uint32_t far_call_flags(unsigned opcode) {
  switch (opcode) {
    case kSyscall:
    case kSysenter: return kAuxBranch | kAuxCall | kAuxSyscall;
    case kInt3:
    case kInt:
    case kInto:
    case kInt1: return kAuxBranch | kAuxCall | kAuxInterrupt;
    default: return kAuxBranch | kAuxCall;
  }
}

std::uint32_t far_return_flags(unsigned opcode) {
  switch (opcode) {
    case kSysret:
    case kSysexit: return kAuxBranch | kAuxReturn | kAuxSyscall;
    case kIret: return kAuxBranch | kAuxReturn | kAuxInterrupt;
    case kVmx: return kAuxBranch | kAuxCall | kAuxVmEntry;  // VMLAUNCH, VMRESUME
    default: return kAuxBranch | kAuxReturn;
  }
}

}  // namespace

std::uint32_t pt_branch_flags(const pt_insn& instruction) {
  switch (instruction.iclass) {
    case ptic_call: return kAuxBranch | kAuxCall;
    case ptic_return: return kAuxBranch | kAuxReturn;
    case ptic_jump:
    case ptic_far_jump: return kAuxBranch;
    case ptic_cond_jump: return kAuxBranch | kAuxConditional;
    case ptic_far_call: return far_call_flags(opcode_of(instruction));
    case ptic_far_return: return far_return_flags(opcode_of(instruction));
    case ptic_error:
    case ptic_other:
    case ptic_ptwrite: break;
  }
  return 0;
}

void PtBranches::give(const AuxPlace& place, VirtAddr from, VirtAddr to, std::uint32_t flags) {
  if (wanted_.branches) {
    AuxBranch branch;
    branch.place = place;
    branch.from = from;
    branch.to = to;
    branch.flags = flags;
    branch.instructions = counted_ ? instructions_ : 0;
    take_cycles(branch);
    sink_.on_branch(branch);
  }
  counted_ = true;
  instructions_ = 0;
}

// As perf counts them: a branch without a cycle of its own leaves its instructions to the next.
void PtBranches::take_cycles(AuxBranch& branch) {
  if (cycles_begin_) {
    cycles_begin_ = false;
  } else if (cycles_ > told_cycles_) {
    branch.cycles = cycles_ - told_cycles_;
    branch.cycle_instructions = cycle_instructions_;
  } else {
    return;
  }
  told_cycles_ = cycles_;
  cycle_instructions_ = 0;
}

void PtBranches::executed(const AuxPlace& place, const pt_insn& instruction) {
  arrives(place, instruction.ip);
  const std::uint32_t flags = pt_branch_flags(instruction);
  const std::uint32_t transaction = instruction.speculative != 0 ? std::uint32_t{kAuxInTx} : 0;
  ++instructions_;
  ++cycle_instructions_;
  last_ip_ = instruction.ip;
  behind_last_ = instruction.ip + instruction.size;
  pending_flags_ = flags != 0 ? flags | transaction : 0;
  if (marks_ != nullptr) marks_->leaves();
  if (!wanted_.instructions) return;
  AuxInstruction out;
  out.place = place;
  out.ip = instruction.ip;
  out.size = instruction.size;
  std::memcpy(out.bytes.data(), instruction.raw, std::min<std::size_t>(instruction.size, sizeof instruction.raw));
  out.flags = flags | transaction;
  out.cycles = cycles_ > insn_cycles_ ? cycles_ - insn_cycles_ : 0;
  insn_cycles_ = cycles_;
  sink_.on_instruction(out);
}

void PtBranches::arrives(const AuxPlace& place, VirtAddr ip) {
  stands(ip);
  const std::uint32_t flags = pending_flags_;
  if (flags == 0) return;
  pending_flags_ = 0;
  if ((flags & kAuxConditional) != 0 && ip == behind_last_) return;
  give(place, last_ip_, ip, flags);
}

void PtBranches::begins(const AuxPlace& place, VirtAddr ip) {
  pending_flags_ = 0;
  instructions_ = 0;
  counted_ = true;
  stands(ip);
  give(place, 0, ip, kAuxBranch | kAuxTraceBegin);
}

void PtBranches::ends(const AuxPlace& place, VirtAddr to) {
  const std::uint32_t flags = pending_flags_ != 0 ? pending_flags_ : std::uint32_t{kAuxBranch};
  pending_flags_ = 0;
  stands(to != 0 ? to : last_ip_);
  give(place, last_ip_, to, flags | kAuxTraceEnd);
}

void PtBranches::ends_unseen(const AuxPlace& place, VirtAddr to) {
  loses_flow();
  stands(to);
  give(place, 0, to, kAuxBranch | kAuxTraceBegin | kAuxTraceEnd);
}

void PtBranches::ends_async(const AuxPlace& place, VirtAddr at, VirtAddr to) {
  arrives(place, at);
  if (to != 0) stands(to);
  give(place, at, to, kAuxBranch | kAuxAsync | kAuxTraceEnd);
}

void PtBranches::interrupted(const AuxPlace& place, VirtAddr from, VirtAddr to) {
  arrives(place, from);
  give(place, from, to, aborting_ ? kAuxBranch | kAuxTxAbort : kAuxBranch | kAuxCall | kAuxAsync | kAuxInterrupt);
  aborting_ = false;
  stands(to);
}

void PtBranches::loses_flow() {
  stands(0);
  pending_flags_ = 0;
  aborting_ = false;
  counted_ = false;
  cycles_begin_ = true;
  instructions_ = 0;
  last_ip_ = behind_last_ = 0;
}

}  // namespace simdprof
