#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/capture/event_parse.h"
#include "lib/capture/kernel_limits.h"
#include "lib/capture/plan.h"

namespace simdprof {

enum class CallGraph : std::uint8_t { none, frame_pointer, dwarf };

/// Asks for the highest frequency that the kernel allows (-F max).
inline constexpr std::uint64_t kMaxFrequency = ~std::uint64_t{0};

/// What a sample shall hold, from the command line.
struct SamplingOptions {
  std::uint64_t frequency_hz = 999;     ///< -F; or kMaxFrequency
  std::optional<std::uint64_t> period;  ///< -c; wins over the frequency
  CallGraph call_graph = CallGraph::none;
  std::uint32_t stack_bytes = 8192;  ///< --call-graph dwarf,SIZE
  std::uint64_t user_regs = 0;       ///< sample_regs_user: general registers; 0: none
  std::uint64_t intr_regs = 0;       ///< sample_regs_intr: general registers; 0: none
  bool data_address = false;         ///< -d: ADDR and DATA_SRC
  bool inherit = true;
  std::int32_t clockid = 1;  ///< CLOCK_MONOTONIC
};

/// Sampling bits that every event of ours has: the first word of a sample and the last of other records name the event,
/// and the time is at one place (record_time.h).
inline constexpr std::uint64_t kBaseSampleType = abi::PERF_SAMPLE_IDENTIFIER | abi::PERF_SAMPLE_IP |
                                                 abi::PERF_SAMPLE_TID | abi::PERF_SAMPLE_TIME | abi::PERF_SAMPLE_CPU |
                                                 abi::PERF_SAMPLE_PERIOD;

/// Turns requests into attributes ready to open. The tracking event, or else the first, also reports mappings, names
/// and tasks.
///
/// @param notes  gets a line for each thing that was changed, such as a lowered frequency
std::vector<EventPlan> build_event_plans(const std::vector<EventRequest>& requests, const SamplingOptions& options,
                                         const KernelLimits& limits, std::vector<std::string>& notes);

/// The size that the kernel must know for the fields in use; smaller is older kernels and older readers.
std::uint32_t smallest_attr_size(const abi::EventAttr& attr);

}  // namespace simdprof
