#pragma once

#include "lib/base/result.h"
#include "lib/capture/plan.h"
#include "lib/capture/ptrace_image.h"
#include "lib/capture/ptrace_image_arm64.h"

namespace simdprof {

/// The reader of register images for the architecture that this program is built for. Readers have the same load().
#if defined(__aarch64__)
using NativeImageReader = Arm64ImageReader;
#else
using NativeImageReader = ImageReader;
#endif

NativeImageReader make_native_reader(const VectorPlan& vectors);

/// Whether the ptrace source is made for this architecture, and the CPU has registers that it can read.
Status check_native_reader();

}  // namespace simdprof
