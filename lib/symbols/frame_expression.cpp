#include "lib/symbols/frame_expression.h"

#include <dwarf.h>

#include <algorithm>

namespace simdprof {
namespace {

// A damaged expression may jump backwards for ever.
constexpr unsigned kStepLimit = 1000;
constexpr std::size_t kStackLimit = 64;

/// A small stack that latches: too many or too few values make it failed for good.
class ValueStack {
 public:
  void push(std::uint64_t value) {
    if (size_ == kStackLimit) {
      failed_ = true;
      return;
    }
    values_[size_++] = value;
  }
  void push(std::optional<std::uint64_t> value) {
    failed_ = failed_ || !value;
    push(value.value_or(0));
  }
  std::uint64_t pop() {
    if (size_ == 0) {
      failed_ = true;
      return 0;
    }
    return values_[--size_];
  }
  [[nodiscard]] std::uint64_t peek(std::uint64_t depth) {
    if (depth >= size_) {
      failed_ = true;
      return 0;
    }
    return values_[size_ - 1 - static_cast<std::size_t>(depth)];
  }
  void fail() { failed_ = true; }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  std::array<std::uint64_t, kStackLimit> values_{};
  std::size_t size_ = 0;
  bool failed_ = false;
};

std::int64_t as_signed(std::uint64_t value) { return static_cast<std::int64_t>(value); }
std::uint64_t as_unsigned(std::int64_t value) { return static_cast<std::uint64_t>(value); }

/// Operations on the two topmost values; false when `atom` is none.
bool apply_binary(std::uint8_t atom, ValueStack& stack) {
  if (!((atom >= DW_OP_and && atom <= DW_OP_xor && atom != DW_OP_neg && atom != DW_OP_not &&
         atom != DW_OP_plus_uconst) ||
        (atom >= DW_OP_eq && atom <= DW_OP_ne))) {
    return false;
  }
  const std::uint64_t right = stack.pop();
  const std::uint64_t left = stack.pop();
  const auto shifted = [right](std::uint64_t value) { return right < 64 ? value : 0; };
  switch (atom) {
    case DW_OP_and: stack.push(left & right); break;
    case DW_OP_or: stack.push(left | right); break;
    case DW_OP_xor: stack.push(left ^ right); break;
    case DW_OP_plus: stack.push(left + right); break;
    case DW_OP_minus: stack.push(left - right); break;
    case DW_OP_mul: stack.push(left * right); break;
    case DW_OP_mod: right == 0 ? stack.fail() : stack.push(left % right); break;
    case DW_OP_div:
      if (right == 0 || (left == std::uint64_t{1} << 63U && right == ~std::uint64_t{0})) {
        stack.fail();
      } else {
        stack.push(as_unsigned(as_signed(left) / as_signed(right)));
      }
      break;
    case DW_OP_shl: stack.push(shifted(left << (right & 63U))); break;
    case DW_OP_shr: stack.push(shifted(left >> (right & 63U))); break;
    case DW_OP_shra: stack.push(as_unsigned(as_signed(left) >> std::min<std::uint64_t>(right, 63))); break;
    case DW_OP_eq: stack.push(std::uint64_t{left == right}); break;
    case DW_OP_ne: stack.push(std::uint64_t{left != right}); break;
    case DW_OP_lt: stack.push(std::uint64_t{as_signed(left) < as_signed(right)}); break;
    case DW_OP_le: stack.push(std::uint64_t{as_signed(left) <= as_signed(right)}); break;
    case DW_OP_gt: stack.push(std::uint64_t{as_signed(left) > as_signed(right)}); break;
    case DW_OP_ge: stack.push(std::uint64_t{as_signed(left) >= as_signed(right)}); break;
    default: stack.fail();
  }
  return true;
}

/// Operations that move values about; false when the operation is none.
bool apply_stack(const Dwarf_Op& op, ValueStack& stack) {
  switch (op.atom) {
    case DW_OP_dup: stack.push(stack.peek(0)); return true;
    case DW_OP_over: stack.push(stack.peek(1)); return true;
    case DW_OP_pick: stack.push(stack.peek(op.number)); return true;
    case DW_OP_drop: (void)stack.pop(); return true;
    case DW_OP_swap: {
      const std::uint64_t top = stack.pop();
      const std::uint64_t below = stack.pop();
      stack.push(top);
      stack.push(below);
      return true;
    }
    case DW_OP_rot: {
      const std::uint64_t first = stack.pop();
      const std::uint64_t second = stack.pop();
      const std::uint64_t third = stack.pop();
      stack.push(first);
      stack.push(third);
      stack.push(second);
      return true;
    }
    default: return false;
  }
}

/// Operations that bring a value in; false when the operation is none.
bool apply_operand(const Dwarf_Op& op, const FrameRegisters& registers, std::optional<std::uint64_t> cfa,
                   ValueStack& stack) {
  if (op.atom >= DW_OP_lit0 && op.atom <= DW_OP_lit31) {
    stack.push(std::uint64_t{op.atom} - DW_OP_lit0);
  } else if (op.atom >= DW_OP_breg0 && op.atom <= DW_OP_breg31) {
    stack.push(registers.get(std::uint64_t{op.atom} - DW_OP_breg0));
    stack.push(stack.pop() + op.number);
  } else if (op.atom == DW_OP_bregx) {
    stack.push(registers.get(op.number));
    stack.push(stack.pop() + op.number2);
  } else if (op.atom == DW_OP_call_frame_cfa) {
    stack.push(cfa);
  } else if (op.atom == DW_OP_addr || (op.atom >= DW_OP_const1u && op.atom <= DW_OP_consts)) {
    stack.push(op.number);  // libdw has extended the signed ones
  } else {
    return false;
  }
  return true;
}

/// Operations on the topmost value; false when the operation is none.
bool apply_unary(const Dwarf_Op& op, const MemoryReader& memory, ValueStack& stack) {
  switch (op.atom) {
    case DW_OP_nop: return true;
    case DW_OP_plus_uconst: stack.push(stack.pop() + op.number); return true;
    case DW_OP_not: stack.push(~stack.pop()); return true;
    case DW_OP_neg: stack.push(0 - stack.pop()); return true;
    case DW_OP_abs: {
      const std::uint64_t value = stack.pop();
      stack.push(as_signed(value) < 0 ? 0 - value : value);
      return true;
    }
    case DW_OP_deref: stack.push(memory(stack.pop(), 8)); return true;
    case DW_OP_deref_size: {
      const bool power = op.number == 1 || op.number == 2 || op.number == 4 || op.number == 8;
      if (!power) stack.fail();
      const std::uint64_t address = stack.pop();
      if (power) stack.push(memory(address, static_cast<unsigned>(op.number)));
      return true;
    }
    default: return false;
  }
}

/// Index of the operation that DW_OP_skip or DW_OP_bra at `from` goes to; ops.size() for the end.
std::optional<std::size_t> jump_target(std::span<const Dwarf_Op> ops, std::size_t from) {
  // The operand counts from the end of the 3-byte operation.
  const auto distance = static_cast<std::int16_t>(ops[from].number);
  const std::uint64_t target = ops[from].offset + 3 + static_cast<std::uint64_t>(std::int64_t{distance});
  for (std::size_t i = 0; i < ops.size(); ++i) {
    if (ops[i].offset == target) return i;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> evaluate_expression(std::span<const Dwarf_Op> ops, const FrameRegisters& registers,
                                                 std::optional<std::uint64_t> cfa, bool is_location,
                                                 const MemoryReader& memory) {
  // A register as location means its value.
  if (ops.size() == 1 && ops[0].atom == DW_OP_regx) return registers.get(ops[0].number);
  if (ops.size() == 1 && ops[0].atom >= DW_OP_reg0 && ops[0].atom <= DW_OP_reg31) {
    return registers.get(std::uint64_t{ops[0].atom} - DW_OP_reg0);
  }
  ValueStack stack;
  std::size_t at = 0;
  for (unsigned steps = 0; at < ops.size(); ++steps) {
    const Dwarf_Op& op = ops[at];
    if (steps == kStepLimit) return std::nullopt;
    if (op.atom == DW_OP_stack_value) {
      is_location = false;
      break;
    }
    if (op.atom == DW_OP_skip || (op.atom == DW_OP_bra && stack.pop() != 0)) {
      const auto target = jump_target(ops, at);
      if (!target) return std::nullopt;
      at = *target;
    } else {
      const bool known = op.atom == DW_OP_bra || apply_operand(op, registers, cfa, stack) ||
                         apply_binary(op.atom, stack) || apply_stack(op, stack) || apply_unary(op, memory, stack);
      if (!known) return std::nullopt;
      ++at;
    }
    if (stack.failed()) return std::nullopt;
  }
  const std::uint64_t result = stack.pop();
  if (stack.failed()) return std::nullopt;
  return is_location ? memory(result, 8) : std::optional(result);
}

}  // namespace simdprof
