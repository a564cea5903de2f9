#pragma once

#include "lib/base/result.h"
#include "lib/model/own_record.h"
#include "lib/model/register_set.h"

namespace simdprof {

/// Whether the bytes of an image of format kArm64Fpsimd or kArm64Sve are what the format and the SVE header promise.
///
/// @return malformed when there are too few or too many bytes, the vector length is none (multiples of 16 bytes from 16
///         to 256), or a mask of the XSAVE format is not zero; unsupported for flags in the place of the layout that
///         this build does not know
Status check_arm64_image(const RegisterImage& image);

/// Fills the vector part of `out` from an image that check_arm64_image accepted.
///
/// An SVE image whose thread does not use SVE has the layout of FPSIMD: what SVE adds is init then, as the kernel
/// clears it before the thread can see it again. Source: Documentation/arm64/sve.rst; arch/arm64/kernel/ptrace.c,
/// sve_get_common.
void decode_arm64_image(const RegisterImage& image, RegisterSet& out);

}  // namespace simdprof
