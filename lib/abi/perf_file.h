#pragma once

#include <cstddef>
#include <cstdint>

/// Layout of perf.data, the kernel tool's file: header, features, and the tool's own record types.
/// Source: tools/perf/Documentation/perf.data-file-format.txt, tools/perf/util/{header,event}.h (Linux 6.16).
namespace simdprof::abi {

inline constexpr std::uint64_t kPerfFileMagic = 0x32454c4946524550;     ///< "PERFILE2", little-endian
inline constexpr std::uint64_t kPerfFileMagicBig = 0x50455246494c4532;  ///< as a big-endian writer has it
inline constexpr std::size_t kPerfFileHeaderBytes = 104;
inline constexpr std::size_t kPerfOldHeaderBytes = 72;   ///< before features existed
inline constexpr std::size_t kPerfPipeHeaderBytes = 16;  ///< magic and its own size
inline constexpr std::size_t kPerfFeatureBits = 256;

/// Bits of the header's feature bitmap.
enum PerfFeature : std::uint32_t {
  HEADER_TRACING_DATA = 1,
  HEADER_BUILD_ID = 2,
  HEADER_HOSTNAME = 3,
  HEADER_OSRELEASE = 4,
  HEADER_VERSION = 5,
  HEADER_ARCH = 6,
  HEADER_NRCPUS = 7,
  HEADER_CPUDESC = 8,
  HEADER_CPUID = 9,
  HEADER_TOTAL_MEM = 10,
  HEADER_CMDLINE = 11,
  HEADER_EVENT_DESC = 12,
  HEADER_CPU_TOPOLOGY = 13,
  HEADER_NUMA_TOPOLOGY = 14,
  HEADER_BRANCH_STACK = 15,
  HEADER_PMU_MAPPINGS = 16,
  HEADER_GROUP_DESC = 17,
  HEADER_AUXTRACE = 18,
  HEADER_STAT = 19,
  HEADER_CACHE = 20,
  HEADER_SAMPLE_TIME = 21,
  HEADER_MEM_TOPOLOGY = 22,
  HEADER_CLOCKID = 23,
  HEADER_DIR_FORMAT = 24,
  HEADER_BPF_PROG_INFO = 25,
  HEADER_BPF_BTF = 26,
  HEADER_COMPRESSED = 27,
  HEADER_CPU_PMU_CAPS = 28,
  HEADER_CLOCK_DATA = 29,
  HEADER_HYBRID_TOPOLOGY = 30,
  HEADER_PMU_CAPS = 31,
  HEADER_CPU_DOMAIN_INFO = 32,
  HEADER_E_MACHINE = 33,
  HEADER_CLN_SIZE = 34,
  // simpleperf's, in the same bitmap.
  SIMPLEPERF_FEAT_FILE = 128,
  SIMPLEPERF_FEAT_META_INFO = 129,
  SIMPLEPERF_FEAT_INIT_MAP = 134,
};

/// Record types of the tool; the kernel's are below 64.
enum PerfToolRecord : std::uint32_t {
  PERF_RECORD_HEADER_ATTR = 64,
  PERF_RECORD_HEADER_EVENT_TYPE = 65,
  PERF_RECORD_HEADER_TRACING_DATA = 66,
  PERF_RECORD_HEADER_BUILD_ID = 67,
  PERF_RECORD_FINISHED_ROUND = 68,
  PERF_RECORD_ID_INDEX = 69,
  PERF_RECORD_AUXTRACE_INFO = 70,
  PERF_RECORD_AUXTRACE = 71,
  PERF_RECORD_AUXTRACE_ERROR = 72,
  PERF_RECORD_THREAD_MAP = 73,
  PERF_RECORD_CPU_MAP = 74,
  PERF_RECORD_STAT_CONFIG = 75,
  PERF_RECORD_STAT = 76,
  PERF_RECORD_STAT_ROUND = 77,
  PERF_RECORD_EVENT_UPDATE = 78,
  PERF_RECORD_TIME_CONV = 79,
  PERF_RECORD_HEADER_FEATURE = 80,
  PERF_RECORD_COMPRESSED = 81,
  PERF_RECORD_FINISHED_INIT = 82,
  PERF_RECORD_COMPRESSED2 = 83,
  PERF_RECORD_BPF_METADATA = 84,
  PERF_RECORD_SCHEDSTAT_CPU = 85,
  PERF_RECORD_SCHEDSTAT_DOMAIN = 86,
};
inline constexpr std::uint32_t kFirstToolRecord = 64;
inline constexpr std::uint32_t kLastToolRecord = PERF_RECORD_SCHEDSTAT_DOMAIN;

// simpleperf's records: from here on the header's misc is the high half of a 32-bit size.
inline constexpr std::uint32_t kFirstSimpleperfRecord = 32768;
inline constexpr std::uint32_t SIMPLEPERF_RECORD_EVENT_ID = 32774;

/// misc bit of a build id entry whose size byte holds.
inline constexpr std::uint16_t PERF_RECORD_MISC_BUILD_ID_SIZE = 1U << 15;

/// EVENT_UPDATE: what it says.
enum PerfEventUpdate : std::uint64_t { PERF_EVENT_UPDATE_UNIT = 0, PERF_EVENT_UPDATE_SCALE, PERF_EVENT_UPDATE_NAME };

/// Bytes of a HEADER_AUXTRACE record before the trace bytes that follow it.
inline constexpr std::size_t kAuxtraceRecordBytes = 48;

/// Name of a record type of the tool ("COMPRESSED"), or nullptr.
const char* tool_record_name(std::uint32_t type);
/// Name of a header feature ("HOSTNAME"), or nullptr.
const char* feature_name(std::uint32_t feature);

}  // namespace simdprof::abi
