#include "decoders/tracepoint/print_value.h"

#include <algorithm>

namespace simdprof {
namespace {

using Kind = PrintNode::Kind;
using Function = PrintNode::Function;
using Operation = PrintNode::Operation;

PrintNumber truth(bool value) { return {value ? 1U : 0U}; }

/// A value of `bytes` as an expression has it: what is smaller than an int becomes one.
PrintNumber promoted(std::uint64_t bits, std::uint32_t bytes, bool is_signed) {
  if (bytes < 4) return {cut_number(bits, bytes, is_signed)};
  return {cut_number(bits, bytes, is_signed), is_signed, static_cast<std::uint8_t>(bytes > 4 ? 8 : 4)};
}

/// The usual arithmetic conversions: the wider type, and the unsigned one of two that are as wide.
void convert(PrintNumber& left, PrintNumber& right) {
  const PrintNumber& wider = left.bytes >= right.bytes ? left : right;
  const bool is_signed = left.bytes == right.bytes ? left.is_signed && right.is_signed : wider.is_signed;
  const std::uint8_t bytes = wider.bytes;
  for (PrintNumber* one : {&left, &right}) *one = {cut_number(one->bits, bytes, is_signed), is_signed, bytes};
}

bool is_less(PrintNumber left, PrintNumber right) {
  return left.is_signed ? left.as_signed() < right.as_signed() : left.bits < right.bits;
}

// By as much as the machines do that have run the kernel.
PrintNumber shifted(PrintNumber value, std::uint64_t by, bool left) {
  by &= 8U * value.bytes - 1U;
  if (left) return promoted(value.bits << by, value.bytes, value.is_signed);
  value.bits = value.is_signed ? static_cast<std::uint64_t>(value.as_signed() >> by) : value.bits >> by;
  return value;
}

/// Of a divisor that is not 0, of one type. The smallest number by -1 is itself, as the remainder of numbers of 64 bits
/// has it.
std::uint64_t divided(PrintNumber left, PrintNumber right, bool remainder) {
  if (!left.is_signed) return remainder ? left.bits % right.bits : left.bits / right.bits;
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
  return promoted(raw_.number_in(all->subspan(static_cast<std::size_t>(index) * size, size), is_signed), size,
                  is_signed);
}

PrintNumber PrintValues::unary(const PrintNode& at) {
  if (at.operation == Operation::dereference) return element(at.children[0], 0);
  if (at.operation == Operation::address) return {};  // where a field lay in the kernel is not recorded
  const PrintNumber value = number(at.children[0]);
  switch (at.operation) {
    case Operation::negate: return promoted(std::uint64_t{0} - value.bits, value.bytes, value.is_signed);
    case Operation::bit_not: return promoted(~value.bits, value.bytes, value.is_signed);
    default: return truth(value.bits == 0);
  }
}

PrintNumber PrintValues::binary(const PrintNode& at) {
  PrintNumber left = number(at.children[0]);
  if (at.operation == Operation::logical_and && left.bits == 0) return truth(false);
  if (at.operation == Operation::logical_or && left.bits != 0) return truth(true);
  PrintNumber right = number(at.children[1]);
  if (at.operation == Operation::logical_and || at.operation == Operation::logical_or) return truth(right.bits != 0);
  const bool is_left_shift = at.operation == Operation::shift_left;
  if (is_left_shift || at.operation == Operation::shift_right) return shifted(left, right.bits, is_left_shift);
  convert(left, right);
  const auto result = [&left](std::uint64_t bits) { return promoted(bits, left.bytes, left.is_signed); };
  switch (at.operation) {
    case Operation::add: return result(left.bits + right.bits);
    case Operation::subtract: return result(left.bits - right.bits);
    case Operation::multiply: return result(left.bits * right.bits);
    case Operation::divide:
    case Operation::remainder:
      if (right.bits == 0) {
        failed_ = true;
        return {};
      }
      return result(divided(left, right, at.operation == Operation::remainder));
    case Operation::bit_and: return result(left.bits & right.bits);
    case Operation::bit_or: return result(left.bits | right.bits);
    case Operation::bit_xor: return result(left.bits ^ right.bits);
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
  return {all ? all->size() : 0};
}

PrintNumber PrintValues::number(std::uint32_t place) {
  const PrintNode& at = node(place);
  switch (at.kind) {
    case Kind::number: return promoted(at.number, at.cast_bytes, at.cast_signed);
    case Kind::field: {
      const TracepointField& of = field(at);
      const auto value = raw_.number(of);
      if (!value) failed_ = true;
      return promoted(value.value_or(0), of.bytes, of.is_signed);
    }
    case Kind::cast: {
      const PrintNumber value = number(at.children[0]);
      if (at.cast_pointer) return promoted(value.bits, long_bytes_, false);
      return at.cast_bytes == 0 ? value : promoted(value.bits, at.cast_bytes, at.cast_signed);
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
