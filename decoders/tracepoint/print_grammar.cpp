#include "decoders/tracepoint/print_grammar.h"

#include <algorithm>
#include <array>

namespace simdprof {
namespace {

using Function = PrintNode::Function;
using Operation = PrintNode::Operation;

constexpr std::array kBinarySigns = {
    BinarySign{"*", 10, Operation::multiply},      BinarySign{"/", 10, Operation::divide},
    BinarySign{"%", 10, Operation::remainder},     BinarySign{"+", 9, Operation::add},
    BinarySign{"-", 9, Operation::subtract},       BinarySign{"<<", 8, Operation::shift_left},
    BinarySign{">>", 8, Operation::shift_right},   BinarySign{"<", 7, Operation::less},
    BinarySign{"<=", 7, Operation::less_equal},    BinarySign{">", 7, Operation::greater},
    BinarySign{">=", 7, Operation::greater_equal}, BinarySign{"==", 6, Operation::equal},
    BinarySign{"!=", 6, Operation::not_equal},     BinarySign{"&", 5, Operation::bit_and},
    BinarySign{"^", 4, Operation::bit_xor},        BinarySign{"|", 3, Operation::bit_or},
    BinarySign{"&&", 2, Operation::logical_and},   BinarySign{"||", 1, Operation::logical_or},
};

struct UnarySign {
  std::string_view sign;
  Operation operation;
};
constexpr std::array kUnarySigns = {
    UnarySign{"-", Operation::negate},  UnarySign{"~", Operation::bit_not},     UnarySign{"!", Operation::logical_not},
    UnarySign{"&", Operation::address}, UnarySign{"*", Operation::dereference},
};

struct FunctionName {
  std::string_view name;
  Function function;
};
constexpr std::array kFunctions = {
    FunctionName{"__print_flags", Function::flags},
    FunctionName{"__print_symbolic", Function::symbolic},
    FunctionName{"__print_hex", Function::hex},
    FunctionName{"__print_hex_str", Function::hex_text},
    FunctionName{"__print_array", Function::array},
    FunctionName{"__get_str", Function::text},
    FunctionName{"__get_rel_str", Function::text},
    FunctionName{"__get_dynamic_array", Function::dynamic},
    FunctionName{"__get_rel_dynamic_array", Function::dynamic},
    FunctionName{"__get_dynamic_array_len", Function::dynamic_bytes},
    FunctionName{"__get_rel_dynamic_array_len", Function::dynamic_bytes},
    FunctionName{"__get_bitmask", Function::bitmask},
    FunctionName{"__get_rel_bitmask", Function::bitmask},
    FunctionName{"__get_cpumask", Function::cpumask},
    FunctionName{"__get_rel_cpumask", Function::cpumask},
    FunctionName{"__builtin_expect", Function::expect},
};

}  // namespace

const BinarySign* find_binary_sign(std::string_view sign) {
  const auto* const found = std::find_if(kBinarySigns.begin(), kBinarySigns.end(),
                                         [sign](const BinarySign& one) { return one.sign == sign; });
  return found == kBinarySigns.end() ? nullptr : found;
}

std::optional<Operation> find_unary_sign(std::string_view sign) {
  const auto found =
      std::find_if(kUnarySigns.begin(), kUnarySigns.end(), [sign](const UnarySign& one) { return one.sign == sign; });
  if (found == kUnarySigns.end()) return std::nullopt;
  return found->operation;
}

std::optional<Function> find_print_function(std::string_view name) {
  const auto found =
      std::find_if(kFunctions.begin(), kFunctions.end(), [name](const FunctionName& one) { return one.name == name; });
  if (found == kFunctions.end()) return std::nullopt;
  return found->function;
}

bool takes_field_name(Function function) {
  return function == Function::text || function == Function::dynamic || function == Function::dynamic_bytes ||
         function == Function::bitmask || function == Function::cpumask;
}

unsigned leading_arguments(Function function) {
  switch (function) {
    case Function::symbolic: return 1;
    case Function::array: return 3;
    case Function::flags:
    case Function::hex:
    case Function::hex_text:
    case Function::expect: return 2;
    default: return 1;
  }
}

}  // namespace simdprof
