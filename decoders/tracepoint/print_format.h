#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "decoders/tracepoint/tracepoint_format.h"
#include "lib/base/result.h"

namespace simdprof {

/// A node of an expression in a `print fmt`. Children stand before their parents in PrintFormat::nodes.
struct PrintNode {
  enum class Kind : std::uint8_t {
    number,       ///< `number`, of `cast_bytes` and `cast_signed`
    text,         ///< `text`
    field,        ///< `number`: its place in TracepointFormat::fields
    cast,         ///< of children[0]; `cast_bytes`, 0 where the type is not known
    unary,        ///< `operation` - ~ ! & *
    binary,       ///< `operation`, of two children
    conditional,  ///< three children
    index,        ///< children[0] at children[1]
    call,         ///< of `function`
    list,         ///< `{ value, text }` of a call: two children
    unknown,      ///< what only the kernel knows: a constant by its name, a function of its own
  };
  enum class Function : std::uint8_t {
    flags,          ///< __print_flags(value, delimiter, {bits, text}...)
    symbolic,       ///< __print_symbolic(value, {value, text}...)
    hex,            ///< __print_hex(address, bytes): with blanks between
    hex_text,       ///< __print_hex_str: without
    array,          ///< __print_array(address, count, bytes of one)
    text,           ///< __get_str, __get_rel_str
    dynamic,        ///< __get_dynamic_array, __get_rel_dynamic_array: the address
    dynamic_bytes,  ///< __get_dynamic_array_len, __get_rel_dynamic_array_len
    bitmask,        ///< __get_bitmask, __get_rel_bitmask
    cpumask,        ///< __get_cpumask, __get_rel_cpumask
    expect,         ///< __builtin_expect(value, expected)
  };
  enum class Operation : std::uint8_t {
    add,
    subtract,
    multiply,
    divide,
    remainder,
    shift_left,
    shift_right,
    bit_and,
    bit_or,
    bit_xor,
    bit_not,
    logical_and,
    logical_or,
    logical_not,
    less,
    less_equal,
    greater,
    greater_equal,
    equal,
    not_equal,
    negate,
    address,
    dereference,
  };

  Kind kind = Kind::number;
  Function function = Function::flags;
  Operation operation = Operation::add;
  bool cast_signed = true;
  bool cast_pointer = false;  ///< cast_bytes are of what it points to
  std::uint8_t cast_bytes = 0;
  std::uint16_t depth = 1;
  std::uint64_t number = 0;
  std::string text;
  std::vector<std::uint32_t> children;
};

/// A `print fmt`: text as for printf, and an expression for each of its conversions.
struct PrintFormat {
  std::string text;
  std::vector<PrintNode> nodes;
  std::vector<std::uint32_t> arguments;
};

/// Nodes of one format; the kernel's longest has some 700.
inline constexpr std::size_t kMostPrintNodes = 4096;

/// Parses `format.print`.
///
/// @param long_bytes  of the recorded machine
/// @return unsupported for what is no expression, as a block of the kernel's code
Result<PrintFormat> parse_print_format(const TracepointFormat& format, unsigned long_bytes);

}  // namespace simdprof
