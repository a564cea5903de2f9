#include "lib/capture/attr_build.h"

#include <fmt/format.h>

#include <algorithm>

namespace simdprof {
namespace {

std::uint64_t sample_type_for(const EventRequest& request, const SamplingOptions& options) {
  std::uint64_t bits = kBaseSampleType;
  if (request.role != EventRole::samples) return bits;
  if (request.attr.aux_sample_size != 0) bits |= abi::PERF_SAMPLE_AUX;
  if (options.call_graph != CallGraph::none) bits |= abi::PERF_SAMPLE_CALLCHAIN;
  if (options.call_graph == CallGraph::dwarf) bits |= abi::PERF_SAMPLE_STACK_USER;
  if (options.user_regs != 0) bits |= abi::PERF_SAMPLE_REGS_USER;
  if (options.intr_regs != 0) bits |= abi::PERF_SAMPLE_REGS_INTR;
  if (options.data_address) bits |= abi::PERF_SAMPLE_ADDR | abi::PERF_SAMPLE_DATA_SRC;
  if (request.attr.type == abi::PERF_TYPE_BREAKPOINT) bits |= abi::PERF_SAMPLE_ADDR;
  if (request.attr.type == abi::PERF_TYPE_TRACEPOINT || request.attr.is_bpf_output()) bits |= abi::PERF_SAMPLE_RAW;
  return bits;
}

void set_rate(const EventRequest& request, const SamplingOptions& options, std::uint64_t frequency_hz,
              abi::EventAttr& attr) {
  const bool every_hit = request.attr.type == abi::PERF_TYPE_TRACEPOINT ||
                         request.attr.type == abi::PERF_TYPE_BREAKPOINT || request.attr.is_bpf_output();
  if (request.has_period) return;
  if (request.has_frequency) {
    attr.flags |= abi::kAttrFreq;
  } else if (options.period) {
    attr.sample_period_or_freq = *options.period;
  } else if (every_hit) {
    attr.sample_period_or_freq = 1;
  } else {
    attr.sample_period_or_freq = frequency_hz;
    attr.flags |= abi::kAttrFreq;
  }
}

// The kernel refuses a frequency above its limit with EINVAL.
std::uint64_t allowed_frequency(const SamplingOptions& options, const KernelLimits& limits,
                                std::vector<std::string>& notes) {
  constexpr std::uint64_t kUsualLimit = 100000;  // what kernels start with
  const bool highest = options.frequency_hz == kMaxFrequency;
  if (options.period || !limits.max_sample_rate || *limits.max_sample_rate <= 0) {
    return highest ? kUsualLimit : options.frequency_hz;
  }
  const auto limit = static_cast<std::uint64_t>(*limits.max_sample_rate);
  if (options.frequency_hz <= limit) return options.frequency_hz;
  if (highest) return limit;
  notes.push_back(fmt::format("frequency lowered from {} to {} Hz: kernel.perf_event_max_sample_rate",
                              options.frequency_hz, limit));
  return limit;
}

constexpr std::uint64_t kTrackingFlags =
    abi::kAttrMmap | abi::kAttrMmap2 | abi::kAttrComm | abi::kAttrCommExec | abi::kAttrTask;

// What a sample holds beside its base, for events that take samples.
void set_contents(const SamplingOptions& options, abi::EventAttr& attr) {
  attr.sample_regs_user = options.user_regs;
  attr.sample_regs_intr = options.intr_regs;
  if (options.call_graph != CallGraph::dwarf) return;
  attr.sample_stack_user = options.stack_bytes;
  attr.flags |= abi::kAttrExcludeCallchainUser;  // the user half is unwound from the stack copy
}

/// @param tracks  this event reports mappings, names and tasks
abi::EventAttr build_attr(const EventRequest& request, const SamplingOptions& options, std::uint64_t frequency_hz,
                          bool tracks) {
  abi::EventAttr attr = request.attr;
  attr.sample_type = sample_type_for(request, options);
  if (request.role == EventRole::samples) set_rate(request, options, frequency_hz, attr);
  attr.read_format = abi::PERF_FORMAT_TOTAL_TIME_ENABLED | abi::PERF_FORMAT_TOTAL_TIME_RUNNING | abi::PERF_FORMAT_ID |
                     abi::PERF_FORMAT_LOST;
  attr.flags |= abi::kAttrSampleIdAll;
  if (options.clockid != kPerfClock) {
    attr.flags |= abi::kAttrUseClockid;
    attr.clockid = options.clockid;
  }
  if (options.inherit && request.role != EventRole::text_poke) attr.flags |= abi::kAttrInherit;
  if (request.role == EventRole::samples) set_contents(options, attr);
  if (tracks) {
    attr.flags |= kTrackingFlags;
    // perf unwinds an exported stack only through mappings that it knows, and unwind tables lie in read-only ones.
    if (options.call_graph == CallGraph::dwarf) attr.flags |= abi::kAttrMmapData;
  }
  attr.size = smallest_attr_size(attr);
  return attr;
}

}  // namespace

std::vector<EventPlan> build_event_plans(const std::vector<EventRequest>& requests, const SamplingOptions& options,
                                         const KernelLimits& limits, std::vector<std::string>& notes) {
  const std::uint64_t frequency_hz = allowed_frequency(options, limits, notes);
  std::vector<EventPlan> plans;
  const bool tracked_apart = std::any_of(requests.begin(), requests.end(), [](const EventRequest& request) {
    return request.role == EventRole::tracking;
  });
  for (const EventRequest& request : requests) {
    const bool tracks = tracked_apart ? request.role == EventRole::tracking : plans.empty();
    plans.push_back({build_attr(request, options, frequency_hz, tracks),
                     request.name,
                     request.group,
                     request.role,
                     request.pmu,
                     {},
                     {},
                     request.tracepoint});
  }
  return plans;
}

std::uint32_t smallest_attr_size(const abi::EventAttr& attr) {
  if (attr.sample_simd_regs_enabled != 0) return abi::PERF_ATTR_SIZE_VER10;
  constexpr std::uint32_t kSizeVer9 = 144;
  if (attr.config4 != 0) return kSizeVer9;
  return attr.config3 != 0 ? abi::PERF_ATTR_SIZE_VER8 : abi::PERF_ATTR_SIZE_VER7;
}

}  // namespace simdprof
