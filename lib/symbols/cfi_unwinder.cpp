#include "lib/symbols/cfi_unwinder.h"

#include <algorithm>
#include <utility>

namespace simdprof {
namespace {

// arm64 signs return addresses in the bits above the address (pointer authentication); user addresses have 48 bits.
constexpr std::uint64_t kArm64AddressBits = (std::uint64_t{1} << 48U) - 1;

std::optional<std::uint64_t> value_of(const RegisterRule& rule, std::size_t number, const FrameRegisters& registers,
                                      std::uint64_t cfa, const MemoryReader& memory) {
  const std::uint64_t at_offset = cfa + static_cast<std::uint64_t>(rule.offset);
  switch (rule.kind) {
    case RegisterRule::Kind::undefined: return std::nullopt;
    case RegisterRule::Kind::same: return registers.get(number);
    case RegisterRule::Kind::at_cfa: return memory(at_offset, 8);
    case RegisterRule::Kind::cfa_offset: return at_offset;
    case RegisterRule::Kind::expression: return evaluate_expression(rule.ops, registers, cfa, true, memory);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> CfiUnwinder::read_file(const AddressSpaces& spaces, Pid pid, VirtAddr address,
                                                    unsigned bytes) {
  const Mapping* mapping = spaces.find(pid, address);
  if (mapping == nullptr || map_kind(mapping->path) != MapKind::file) return std::nullopt;
  const Dso& dso = resolver_.dso_of(*mapping);
  if (dso.image == nullptr) return std::nullopt;
  return dso.image->read_constant(mapping->file_offset + (address - mapping->start), bytes);
}

const FrameRule* CfiUnwinder::rule_at(const Task& task, VirtAddr address) {
  const Mapping* mapping = task.spaces.find(task.pid, address);
  if (mapping == nullptr || map_kind(mapping->path) == MapKind::anonymous) return nullptr;
  Dso& dso = resolver_.dso_of(*mapping);
  if (dso.image == nullptr) return nullptr;
  const auto in_file = dso.image->address_of(offset_in_file(*mapping, address));
  if (!in_file) return nullptr;
  if (dso.frame_rules == nullptr) dso.frame_rules = std::make_unique<FrameRules>(*dso.image);
  const FrameRule& rule = dso.frame_rules->find(*in_file);
  return rule.known ? &rule : nullptr;
}

bool CfiUnwinder::step_by_rule(const Task& task, const FrameRule& rule, Frame& frame) {
  std::optional<std::uint64_t> cfa;
  if (rule.cfa_is_simple) {
    cfa = frame.registers.get(rule.cfa_register);
    if (cfa) *cfa += static_cast<std::uint64_t>(rule.cfa_offset);
  } else {
    cfa = evaluate_expression(rule.cfa_ops, frame.registers, std::nullopt, false, task.memory);
  }
  if (!cfa) return false;
  const unsigned sp = register_numbers(resolver_.options.arch).stack_pointer;
  FrameRegisters caller;
  for (std::size_t i = 0; i < kUnwindRegisters; ++i) {
    const auto value = value_of(rule.registers[i], i, frame.registers, *cfa, task.memory);
    if (value) caller.set(i, *value);
  }
  // Unless told otherwise the caller's stack pointer is the CFA.
  if (rule.registers[sp].kind == RegisterRule::Kind::undefined || rule.registers[sp].kind == RegisterRule::Kind::same) {
    caller.set(sp, *cfa);
  }
  const auto return_address = caller.get(rule.return_register);
  if (!return_address) return false;  // undefined: the outermost frame
  frame.registers = caller;
  frame.ip = *return_address;
  frame.exact = rule.signal;
  return true;
}

bool CfiUnwinder::step_by_frame_pointer(const Task& task, Frame& frame) {
  const RegisterNumbers numbers = register_numbers(resolver_.options.arch);
  const auto frame_pointer = frame.registers.get(numbers.frame_pointer);
  const auto stack_pointer = frame.registers.get(numbers.stack_pointer);
  if (!frame_pointer || !stack_pointer || *frame_pointer < *stack_pointer) return false;
  const auto next_frame_pointer = task.memory(*frame_pointer, 8);
  const auto return_address = task.memory(*frame_pointer + 8, 8);
  if (!next_frame_pointer || !return_address) return false;
  // Only a return address into code is evidence that this was a frame pointer.
  const Mapping* target = task.spaces.find(task.pid, *return_address);
  if (target == nullptr || target->data) return false;
  FrameRegisters caller;
  caller.set(numbers.frame_pointer, *next_frame_pointer);
  caller.set(numbers.stack_pointer, *frame_pointer + 16);
  frame.registers = caller;
  frame.ip = *return_address;
  frame.exact = false;
  return true;
}

bool CfiUnwinder::step(const Task& task, Frame& frame) {
  const unsigned sp = register_numbers(resolver_.options.arch).stack_pointer;
  const VirtAddr old_ip = frame.ip;
  const auto old_sp = frame.registers.get(sp);
  const FrameRule* rule = rule_at(task, frame.exact ? frame.ip : frame.ip - 1);
  const bool stepped = rule != nullptr ? step_by_rule(task, *rule, frame) : step_by_frame_pointer(task, frame);
  if (!stepped) return false;
  if (resolver_.options.arch == abi::Arch::arm64) frame.ip &= kArm64AddressBits;
  const bool moved = frame.ip != old_ip || frame.registers.get(sp) != old_sp;
  return frame.ip != 0 && moved;
}

void CfiUnwinder::unwind(const AddressSpaces& spaces, Pid pid, const UserRegisters& start,
                         std::span<const std::byte> stack, std::vector<CallFrame>& out) {
  const RegisterNumbers numbers = register_numbers(resolver_.options.arch);
  const VirtAddr stack_start = start.registers.get(numbers.stack_pointer).value_or(0);
  const Task task{spaces, pid, [&](VirtAddr address, unsigned bytes) {
                    const auto value = read_stack(stack, stack_start, address, bytes);
                    return value ? value : read_file(spaces, pid, address, bytes);
                  }};
  Frame frame{start.registers, start.ip, true};
  for (std::size_t count = 0; count < kFrameLimit; ++count) {
    // A return address that is in no mapping is no frame: the stack ended, or was not what it seemed.
    if (count > 0 && spaces.find(pid, frame.ip) == nullptr) return;
    out.push_back({frame.exact ? frame.ip : frame.ip - 1, frame.ip, CpuMode::user});
    if (!step(task, frame)) return;
  }
}

}  // namespace simdprof
