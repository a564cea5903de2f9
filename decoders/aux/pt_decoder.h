#pragma once

#include <memory>
#include <string>

#include "decoders/aux/aux_decoder.h"

namespace simdprof {

/// Intel PT through libipt. See make_aux_decoder().
Result<std::unique_ptr<AuxDecoder>> make_pt_decoder(const AuxTraceInfo& info, const AuxPrograms& programs,
                                                    const AuxWanted& wanted);
/// "libipt 2.0.5": the version that runs.
std::string pt_library();

}  // namespace simdprof
