#pragma once

#include <memory>

#include "decoders/aux/aux_decoder.h"
#include "decoders/aux/cs_metadata.h"

namespace simdprof {

/// CoreSight through libopencsd: ETMv3, PTM, ETMv4, ETE and STM, in formatted frames of many sources or raw from one.
/// A slice is decoded as a whole, and slices one after the other, as the library works for one caller at a time.
///
/// @return a decoder, or what decode_cs_metadata() found wrong with info.words
Result<std::unique_ptr<AuxDecoder>> make_cs_decoder(const AuxTraceInfo& info, const AuxPrograms& programs,
                                                    const AuxWanted& wanted);
/// The same for sources that perf's metadata cannot name, such as STM.
std::unique_ptr<AuxDecoder> make_cs_source_decoder(std::vector<CsSource> sources, const abi::TimeConversion& clock,
                                                   const AuxPrograms& programs, const AuxWanted& wanted);

}  // namespace simdprof
