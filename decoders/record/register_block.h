#pragma once

#include <cstdint>

#include "decoders/record/sample_fields.h"

namespace simdprof {

/// Reads one PERF_SAMPLE_REGS_USER or _INTR section into `block`, all of which is overwritten: abi, a word for each bit
/// of `mask`, and with abi bit 2 the SIMD part, whose counts are four u64 (merged kernels) or four u16 in one word
/// (`reader.packed_counts`).
///
/// Refuses abi bits that are not known (unsupported) and counts no vector file has (malformed). The legacy XMM bits of
/// the mask are words like any other here; what they mean is the register stage's business.
/// Source: tip perf/core of September 2026, uapi linux/perf_event.h; postings v2..v5 of the series for the packed form.
void read_register_block(SampleReader& reader, std::uint64_t mask, RegisterBlock& block);

}  // namespace simdprof
