#pragma once

#include <cstdint>

#include "decoders/record/kernel_records.h"

namespace simdprof {

/// Reads one of simdprof's own records (lib/model/own_record.h), its padding included: nothing is left in
/// `reader.in` afterwards.
///
/// @return false when `type` is none of them: nothing was read then
/// Source: man/simdprof-format.5.
bool read_own_record(std::uint32_t type, BodyReader& reader);

}  // namespace simdprof
