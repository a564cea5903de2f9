#pragma once

#include <optional>
#include <string_view>

#include "decoders/tracepoint/print_format.h"

namespace simdprof {

struct BinarySign {
  std::string_view sign;
  unsigned precedence;  ///< binds stronger where it is larger
  PrintNode::Operation operation;
};
const BinarySign* find_binary_sign(std::string_view sign);
std::optional<PrintNode::Operation> find_unary_sign(std::string_view sign);

/// A helper of the kernel's that its formats may call.
std::optional<PrintNode::Function> find_print_function(std::string_view name);
/// Whether its argument is the name of a field alone.
bool takes_field_name(PrintNode::Function function);
/// Arguments that are expressions, before any list.
unsigned leading_arguments(PrintNode::Function function);

}  // namespace simdprof
