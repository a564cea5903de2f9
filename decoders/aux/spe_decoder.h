#pragma once

#include <memory>

#include "decoders/aux/aux_decoder.h"

namespace simdprof {

/// Arm's Statistical Profiling Extension: each record becomes an AuxMemory, and an AuxBranch when it sampled a branch
/// that was taken and whose target it knows. A record with a damaged packet is dropped and told as an error; decoding
/// goes on at the next record.
///
/// @return a decoder; without info.clock the records have no time
Result<std::unique_ptr<AuxDecoder>> make_spe_decoder(const AuxTraceInfo& info, const AuxPrograms& programs,
                                                     const AuxWanted& wanted);

}  // namespace simdprof
