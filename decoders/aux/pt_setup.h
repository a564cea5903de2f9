#pragma once

#include <intel-pt.h>
#include <cstdint>
#include <span>

#include "lib/base/result.h"
#include "lib/model/aux_trace.h"

namespace simdprof {

/// What decoding an Intel PT trace needs to know of its recording.
struct PtSetup {
  pt_cpu cpu{};                     ///< all zero: not recorded
  std::uint32_t tsc_ctc_ratio = 0;  ///< numerator: TSC ticks (CPUID 15H EBX); 0: not recorded
  std::uint32_t ctc_ratio = 0;      ///< denominator: crystal ticks (CPUID 15H EAX)
  std::uint8_t mtc_freq = 0;        ///< IA32_RTIT_CTL.MTCFreq: an MTC packet every 2^mtc_freq crystal ticks
  std::uint8_t nominal_ratio = 0;   ///< MSR_PLATFORM_INFO[15:8], bus clocks; 0: not recorded
  abi::TimeConversion time;         ///< of the time stamp counter

  /// libipt's configuration for the bytes of `trace`, which must live as long as a decoder made with it.
  [[nodiscard]] pt_config config(std::span<std::uint8_t> trace) const;
};

/// @param info  words as perf's PERF_AUXTRACE_INTEL_PT has them; words that an old recorder left out are unknown
/// @return the setup, or
///         malformed  a word holds what no CPU has
/// Source: perf's util/intel-pt.h, the INTEL_PT_* indices of the words.
Result<PtSetup> decode_pt_setup(const AuxTraceInfo& info);

}  // namespace simdprof
