#include "lib/abi/perf_file.h"

#include <array>

namespace simdprof::abi {

const char* tool_record_name(std::uint32_t type) {
  static constexpr std::array kNames = {
      "HEADER_ATTR",   "HEADER_EVENT_TYPE", "TRACING_DATA",   "HEADER_BUILD_ID", "FINISHED_ROUND",  "ID_INDEX",
      "AUXTRACE_INFO", "AUXTRACE",          "AUXTRACE_ERROR", "THREAD_MAP",      "CPU_MAP",         "STAT_CONFIG",
      "STAT",          "STAT_ROUND",        "EVENT_UPDATE",   "TIME_CONV",       "HEADER_FEATURE",  "COMPRESSED",
      "FINISHED_INIT", "COMPRESSED2",       "BPF_METADATA",   "SCHEDSTAT_CPU",   "SCHEDSTAT_DOMAIN"};
  static_assert(kNames.size() == kLastToolRecord - kFirstToolRecord + 1);
  if (type < kFirstToolRecord || type > kLastToolRecord) return nullptr;
  return kNames[type - kFirstToolRecord];
}

const char* feature_name(std::uint32_t feature) {
  static constexpr std::array kNames = {"",
                                        "TRACING_DATA",
                                        "BUILD_ID",
                                        "HOSTNAME",
                                        "OSRELEASE",
                                        "VERSION",
                                        "ARCH",
                                        "NRCPUS",
                                        "CPUDESC",
                                        "CPUID",
                                        "TOTAL_MEM",
                                        "CMDLINE",
                                        "EVENT_DESC",
                                        "CPU_TOPOLOGY",
                                        "NUMA_TOPOLOGY",
                                        "BRANCH_STACK",
                                        "PMU_MAPPINGS",
                                        "GROUP_DESC",
                                        "AUXTRACE",
                                        "STAT",
                                        "CACHE",
                                        "SAMPLE_TIME",
                                        "MEM_TOPOLOGY",
                                        "CLOCKID",
                                        "DIR_FORMAT",
                                        "BPF_PROG_INFO",
                                        "BPF_BTF",
                                        "COMPRESSED",
                                        "CPU_PMU_CAPS",
                                        "CLOCK_DATA",
                                        "HYBRID_TOPOLOGY",
                                        "PMU_CAPS",
                                        "CPU_DOMAIN_INFO",
                                        "E_MACHINE",
                                        "CLN_SIZE"};
  static_assert(kNames.size() == HEADER_CLN_SIZE + 1);
  switch (feature) {
    case SIMPLEPERF_FEAT_FILE: return "SIMPLEPERF_FILE";
    case SIMPLEPERF_FEAT_META_INFO: return "SIMPLEPERF_META_INFO";
    case SIMPLEPERF_FEAT_INIT_MAP: return "SIMPLEPERF_INIT_MAP";
    default: return feature > 0 && feature < kNames.size() ? kNames[feature] : nullptr;
  }
}

}  // namespace simdprof::abi
