#include "decoders/tracepoint/print_value.h"

#include <algorithm>

namespace simdprof {
namespace {

using Kind = PrintNode::Kind;
using Function = PrintNode::Function;
using Operation = PrintNode::Operation;

PrintNumber truth(bool value) { return {value ? 1U : 0U, true}; }

bool is_less(PrintNumber left, PrintNumber right) {
  return left.is_signed && right.is_signed ? left.as_signed() < right.as_signed() : left.bits < right.bits;
}

std::uint64_t shifted_right(PrintNumber value, std::uint64_t by) {
  by &= 63U;  // as the machines do that have run the kernel
  return value.is_signed ? static_cast<std::uint64_t>(value.as_signed() >> by) : value.bits >> by;
}

/// Of a divisor that is not 0. The smallest number by -1 is itself, as the remainder of numbers of 64 bits has it.
std::uint64_t divided(PrintNumber left, PrintNumber right, bool remainder) {
  if (!left.is_signed || !right.is_signed) return remainder ? left.bits % right.bits : left.bits / right.bits;
  if (right.as_signed() == -1) return remainder ? 0 : std::uint64_t{0} - left.bits;
  return static_cast<std::uint64_t>(remainder ? left.as_signed() % right.as_signed()
                                              : left.as_signed() / right.as_signed());
}

}  // namespace

std::optional<std::span<const std::byte>> PrintValues::field_bytes(const PrintNode& node) {
  auto found = raw_.of(field(node));
  if (!found) failed_ = true;
  return found;
}

std::optional<std::span<const std::byte>> PrintValues::bytes(std::uint32_t place) {
  const PrintNode& at = node(place);
  switch (at.kind) {
    case Kind::field: return field(at).is_array ? field_bytes(at) : std::nullopt;
    case Kind::cast: return bytes(at.children[0]);
    case Kind::call:
      return at.function == Function::dynamic || at.function == Function::text ? field_bytes(node(at.children[0]))
                                                                               : std::nullopt;
    case Kind::unary:
      if (at.operation != Operation::address) return std::nullopt;
      return node(at.children[0]).kind == Kind::field ? field_bytes(node(at.children[0])) : bytes(at.children[0]);
    case Kind::binary: {
      if (at.operation != Operation::add) return std::nullopt;
      const auto base = bytes(at.children[0]);
      if (!base) return std::nullopt;
      const std::uint64_t by = number(at.children[1]).bits;
      return base->subspan(static_cast<std::size_t>(std::min<std::uint64_t>(by, base->size())));
    }
    default: return std::nullopt;
  }
}

PrintNumber PrintValues::element(std::uint32_t array, std::uint64_t index) {
  const PrintNode& base = node(array);
  const auto all = bytes(array);
  std::uint32_t size = 0;
  bool is_signed = false;
  if (base.kind == Kind::cast) {
    size = base.cast_pointer ? base.cast_bytes : 0;
    is_signed = base.cast_signed;
  } else {
    const PrintNode& of = base.kind == Kind::field || base.children.empty() ? base : node(base.children[0]);
    if (of.kind == Kind::field) {
      size = field(of).element_bytes;
      is_signed = field(of).is_signed;
    }
  }
  if (!all || size == 0 || index >= all->size() / size) {
    failed_ = true;
    return {};
  }
  return {raw_.number_in(all->subspan(static_cast<std::size_t>(index) * size, size), is_signed), is_signed};
}

PrintNumber PrintValues::unary(const PrintNode& at) {
  if (at.operation == Operation::dereference) return element(at.children[0], 0);
  if (at.operation == Operation::address) return {};  // where a field lay in the kernel is not recorded
  PrintNumber value = number(at.children[0]);
  switch (at.operation) {
    case Operation::negate: value.bits = std::uint64_t{0} - value.bits; return value;
    case Operation::bit_not: value.bits = ~value.bits; return value;
    default: return truth(value.bits == 0);
  }
}

PrintNumber PrintValues::binary(const PrintNode& at) {
  const PrintNumber left = number(at.children[0]);
  if (at.operation == Operation::logical_and && left.bits == 0) return truth(false);
  if (at.operation == Operation::logical_or && left.bits != 0) return truth(true);
  const PrintNumber right = number(at.children[1]);
  const bool is_signed = left.is_signed && right.is_signed;
  switch (at.operation) {
    case Operation::add: return {left.bits + right.bits, is_signed};
    case Operation::subtract: return {left.bits - right.bits, is_signed};
    case Operation::multiply: return {left.bits * right.bits, is_signed};
    case Operation::divide:
    case Operation::remainder:
      if (right.bits == 0) {
        failed_ = true;
        return {};
      }
      return {divided(left, right, at.operation == Operation::remainder), is_signed};
    case Operation::shift_left: return {left.bits << (right.bits & 63U), left.is_signed};
    case Operation::shift_right: return {shifted_right(left, right.bits), left.is_signed};
    case Operation::bit_and: return {left.bits & right.bits, is_signed};
    case Operation::bit_or: return {left.bits | right.bits, is_signed};
    case Operation::bit_xor: return {left.bits ^ right.bits, is_signed};
    case Operation::logical_and:
    case Operation::logical_or: return truth(right.bits != 0);
    case Operation::less: return truth(is_less(left, right));
    case Operation::less_equal: return truth(!is_less(right, left));
    case Operation::greater: return truth(is_less(right, left));
    case Operation::greater_equal: return truth(!is_less(left, right));
    case Operation::equal: return truth(left.bits == right.bits);
    default: return truth(left.bits != right.bits);
  }
}

PrintNumber PrintValues::call(const PrintNode& at) {
  if (at.function == Function::expect) return number(at.children[0]);
  if (at.function != Function::dynamic_bytes) return {};
  const auto all = field_bytes(node(at.children[0]));
  return {all ? all->size() : 0, true};
}

PrintNumber PrintValues::number(std::uint32_t place) {
  const PrintNode& at = node(place);
  switch (at.kind) {
    case Kind::number: return {at.number, true};
    case Kind::field: {
      const auto value = raw_.number(field(at));
      if (!value) failed_ = true;
      const bool small = field(at).bytes < 4;  // then C makes an int of it
      return {value.value_or(0), small || field(at).is_signed};
    }
    case Kind::cast: {
      const PrintNumber value = number(at.children[0]);
      if (at.cast_pointer || at.cast_bytes == 0) return value;
      return {cut_number(value.bits, at.cast_bytes, at.cast_signed), at.cast_signed || at.cast_bytes < 4};
    }
    case Kind::unary: return unary(at);
    case Kind::binary: return binary(at);
    case Kind::conditional: return number(number(at.children[0]).bits != 0 ? at.children[1] : at.children[2]);
    case Kind::index: return element(at.children[0], number(at.children[1]).bits);
    case Kind::call: return call(at);
    case Kind::unknown: unknown_ = true; return {};
    default: return {};
  }
}

}  // namespace simdprof
