#pragma once

#include <optional>
#include <string>

namespace simdprof {

/// The name as its source language writes it: C++ (Itanium ABI) and Rust (legacy and v0) are known.
///
/// @param name  symbol as the linker sees it; a version ("@@GLIBC_2.2.5") must be gone already
/// @return empty when the name is not mangled, or not well-formed
std::optional<std::string> demangle(const char* name);

}  // namespace simdprof
