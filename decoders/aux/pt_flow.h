#pragma once

#include "decoders/aux/aux_decoder.h"
#include "decoders/aux/pt_setup.h"

namespace simdprof {

/// The event stage of Intel PT: the flow of instructions of a segment, its branches and events. Instructions are given
/// as far as packets tell of them: what follows the last packet of a trace may not have run.
/// Time and memory are bounded by the bytes of the segment, whatever the code is. See AuxDecoder::decode().
void decode_pt_flow(const PtSetup& setup, const AuxPrograms& programs, const AuxWanted& wanted, const AuxSlice& slice,
                    const AuxSegment& segment, AuxSink& sink);

}  // namespace simdprof
