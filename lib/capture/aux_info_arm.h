#pragma once

#include <cstdint>
#include <vector>

#include "lib/capture/aux_info.h"

namespace simdprof {

/// Words of a trace by Arm SPE: a header of 4, then 6 for each CPU.
std::vector<std::uint64_t> make_spe_words(const EventSystem& system, const AuxEventFacts& facts);
/// Words of a trace by CoreSight: a header of 3, then for each CPU its kind of trace unit and that one's registers.
std::vector<std::uint64_t> make_etm_words(const EventSystem& system, const AuxEventFacts& facts);

}  // namespace simdprof
