#pragma once

#include <memory>

#include "decoders/aux/aux_decoder.h"

namespace simdprof {

/// Intel Branch Trace Store: every record is a taken branch. What kind of branch it was comes from its code, where
/// AuxPrograms has it. A slice must begin with a whole record.
///
/// @return a decoder; info.words hold only what the recorder needed
Result<std::unique_ptr<AuxDecoder>> make_bts_decoder(const AuxTraceInfo& info, const AuxPrograms& programs,
                                                     const AuxWanted& wanted);

}  // namespace simdprof
