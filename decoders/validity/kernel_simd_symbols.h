#pragma once

#include <string_view>

namespace simdprof {

/// Whether a kernel function is one that uses SIMD registers itself, by its name. The list is data and a guess: kernels
/// rename and add such functions.
bool is_kernel_simd_symbol(std::string_view symbol);

}  // namespace simdprof
