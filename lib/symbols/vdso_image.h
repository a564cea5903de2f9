#pragma once

#include "lib/base/fd.h"
#include "lib/base/result.h"

namespace simdprof {

/// The vdso that the running kernel maps into every process, copied into a memory file.
///
/// @return not_found where the kernel gives none
Result<UniqueFd> load_vdso();

/// Release of the running kernel, as uname -r prints it.
std::string running_release();

}  // namespace simdprof
