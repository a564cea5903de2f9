#pragma once

#include <memory>

#include "decoders/aux/aux_decoder.h"

namespace simdprof {

/// HiSilicon PCIe Trace and Tuning: each transaction layer packet is a packet and an event "tlp", whose value is the
/// time stamp of the device.
Result<std::unique_ptr<AuxDecoder>> make_ptt_decoder(const AuxTraceInfo& info, const AuxPrograms& programs,
                                                     const AuxWanted& wanted);

}  // namespace simdprof
