#pragma once

#include <cstddef>
#include <span>

#include "lib/abi/xsave.h"
#include "lib/base/result.h"
#include "lib/model/own_record.h"
#include "lib/model/register_set.h"

namespace simdprof {

/// Whether the bytes of an image of format kXsave are what its masks and the machine's table promise.
///
/// @return malformed when a mask contradicts another, a stored component is
///         not in the table or has another size than its registers, or the byte count differs
Status check_image(const RegisterImage& image, const abi::XsaveTable& table);

/// Fills the vector part of `out` from an image that check_image accepted.
///
/// A component that the image may not contain, or that was in use but not stored, is not recorded; one that could have
/// been stored and was in INIT state is init. `out.abi` and `out.arch` decide how many registers mean something.
/// Source: Intel SDM volume 1, chapter 13.
void decode_image(const RegisterImage& image, const abi::XsaveTable& table, RegisterSet& out);

}  // namespace simdprof
