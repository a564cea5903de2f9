#pragma once

#include "lib/model/sample.h"

namespace simdprof {

bool same_bytes(const WordView& a, const WordView& b);

/// Whether two register sections have one form and say the same word for word, as they do in user mode and mostly in
/// the kernel.
bool same_sections(const RegisterBlock& a, const RegisterBlock& b);

}  // namespace simdprof
