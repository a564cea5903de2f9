#pragma once

#include <string>

namespace simdprof {

/// Why the kernel would run a command with rights of its own: "is set-user-id", "is set-group-id", "has file
/// capabilities"; empty: it would not, or there is no such command. A traced command gets no such rights unless its
/// tracer has CAP_SYS_PTRACE.
///
/// @param command  looked up in PATH as exec does
std::string find_program_privilege(const std::string& command);

}  // namespace simdprof
