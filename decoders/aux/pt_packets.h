#pragma once

#include "decoders/aux/aux_decoder.h"
#include "decoders/aux/pt_setup.h"

namespace simdprof {

/// The packet stage of Intel PT: every packet of a segment, errors between them. See AuxDecoder::decode().
void decode_pt_packets(const PtSetup& setup, const AuxPrograms& programs, const AuxSlice& slice,
                       const AuxSegment& segment, AuxSink& sink);

}  // namespace simdprof
