#pragma once

#include <cstddef>
#include <cstdint>

/// Our mirror of <linux/perf_event.h>, up to the SIMD register ABI (attr size 176), so that neither the headers nor the
/// kernel of the building machine decide what can be read. Names keep their kernel spelling. Never include the kernel's
/// header beside this one.
/// Source: uapi linux/perf_event.h (Linux 6.18; tip perf/core of September 2026 for offsets 128..175).
namespace simdprof::abi {

/// perf_event_attr. Sizes in the field: 64, 72, 80, 96, 104, 112, 120, 128, 136, 144, 176.
struct EventAttr {
  std::uint32_t type = 0;
  std::uint32_t size = 0;
  std::uint64_t config = 0;
  std::uint64_t sample_period_or_freq = 0;
  std::uint64_t sample_type = 0;
  std::uint64_t read_format = 0;
  std::uint64_t flags = 0;  ///< the bit fields, see AttrFlag
  std::uint32_t wakeup_events_or_watermark = 0;
  std::uint32_t bp_type = 0;
  std::uint64_t config1_or_bp_addr = 0;
  std::uint64_t config2_or_bp_len = 0;
  std::uint64_t branch_sample_type = 0;
  std::uint64_t sample_regs_user = 0;
  std::uint32_t sample_stack_user = 0;  ///< bytes
  std::int32_t clockid = 0;
  std::uint64_t sample_regs_intr = 0;
  std::uint32_t aux_watermark = 0;
  std::uint16_t sample_max_stack = 0;
  std::uint16_t reserved_2 = 0;
  std::uint32_t aux_sample_size = 0;
  std::uint32_t aux_action = 0;
  std::uint64_t sig_data = 0;
  std::uint64_t config3 = 0;
  std::uint64_t config4 = 0;
  std::uint16_t sample_simd_regs_enabled = 0;
  std::uint16_t sample_simd_pred_reg_qwords = 0;
  std::uint16_t sample_simd_vec_reg_qwords = 0;
  std::uint16_t reserved_4 = 0;
  std::uint32_t sample_simd_pred_reg_intr = 0;
  std::uint32_t sample_simd_pred_reg_user = 0;
  std::uint64_t sample_simd_vec_reg_intr = 0;
  std::uint64_t sample_simd_vec_reg_user = 0;

  /// Whether hits in kernel mode are sampled.
  [[nodiscard]] inline bool samples_kernel() const;
  /// Whether its samples are what a BPF program hands over, one at a time.
  [[nodiscard]] inline bool is_bpf_output() const;
};
static_assert(sizeof(EventAttr) == 176);
static_assert(offsetof(EventAttr, flags) == 40);
static_assert(offsetof(EventAttr, sample_regs_user) == 80);
static_assert(offsetof(EventAttr, clockid) == 92);
static_assert(offsetof(EventAttr, sample_regs_intr) == 96);
static_assert(offsetof(EventAttr, aux_sample_size) == 112);
static_assert(offsetof(EventAttr, sig_data) == 120);
static_assert(offsetof(EventAttr, config4) == 136);
static_assert(offsetof(EventAttr, sample_simd_regs_enabled) == 144);
static_assert(offsetof(EventAttr, sample_simd_vec_reg_user) == 168);

inline constexpr std::uint32_t PERF_ATTR_SIZE_VER0 = 64;
inline constexpr std::uint32_t PERF_ATTR_SIZE_VER7 = 128;
inline constexpr std::uint32_t PERF_ATTR_SIZE_VER8 = 136;
inline constexpr std::uint32_t PERF_ATTR_SIZE_VER10 = 176;

/// Bits of EventAttr::flags.
enum AttrFlag : std::uint64_t {
  kAttrDisabled = 1ULL << 0,
  kAttrInherit = 1ULL << 1,
  kAttrPinned = 1ULL << 2,
  kAttrExclusive = 1ULL << 3,
  kAttrExcludeUser = 1ULL << 4,
  kAttrExcludeKernel = 1ULL << 5,
  kAttrExcludeHv = 1ULL << 6,
  kAttrExcludeIdle = 1ULL << 7,
  kAttrMmap = 1ULL << 8,
  kAttrComm = 1ULL << 9,
  kAttrFreq = 1ULL << 10,
  kAttrInheritStat = 1ULL << 11,
  kAttrEnableOnExec = 1ULL << 12,
  kAttrTask = 1ULL << 13,
  kAttrWatermark = 1ULL << 14,
  kAttrPreciseIp1 = 1ULL << 15,  ///< low bit of the 2-bit precise_ip
  kAttrPreciseIp2 = 1ULL << 16,
  kAttrMmapData = 1ULL << 17,
  kAttrSampleIdAll = 1ULL << 18,
  kAttrExcludeHost = 1ULL << 19,
  kAttrExcludeGuest = 1ULL << 20,
  kAttrExcludeCallchainKernel = 1ULL << 21,
  kAttrExcludeCallchainUser = 1ULL << 22,
  kAttrMmap2 = 1ULL << 23,
  kAttrCommExec = 1ULL << 24,
  kAttrUseClockid = 1ULL << 25,
  kAttrContextSwitch = 1ULL << 26,
  kAttrWriteBackward = 1ULL << 27,
  kAttrNamespaces = 1ULL << 28,
  kAttrKsymbol = 1ULL << 29,
  kAttrBpfEvent = 1ULL << 30,
  kAttrAuxOutput = 1ULL << 31,
  kAttrCgroup = 1ULL << 32,
  kAttrTextPoke = 1ULL << 33,
  kAttrBuildId = 1ULL << 34,
  kAttrInheritThread = 1ULL << 35,
  kAttrRemoveOnExec = 1ULL << 36,
  kAttrSigtrap = 1ULL << 37,
  kAttrDeferCallchain = 1ULL << 38,
  kAttrDeferOutput = 1ULL << 39,
};

bool EventAttr::samples_kernel() const { return (flags & kAttrExcludeKernel) == 0; }
inline constexpr unsigned kAttrPreciseIpShift = 15;

enum TypeId : std::uint32_t {
  PERF_TYPE_HARDWARE = 0,
  PERF_TYPE_SOFTWARE = 1,
  PERF_TYPE_TRACEPOINT = 2,
  PERF_TYPE_HW_CACHE = 3,
  PERF_TYPE_RAW = 4,
  PERF_TYPE_BREAKPOINT = 5,
};

enum HwId : std::uint64_t {
  PERF_COUNT_HW_CPU_CYCLES = 0,
  PERF_COUNT_HW_INSTRUCTIONS = 1,
  PERF_COUNT_HW_CACHE_REFERENCES = 2,
  PERF_COUNT_HW_CACHE_MISSES = 3,
  PERF_COUNT_HW_BRANCH_INSTRUCTIONS = 4,
  PERF_COUNT_HW_BRANCH_MISSES = 5,
  PERF_COUNT_HW_BUS_CYCLES = 6,
  PERF_COUNT_HW_STALLED_CYCLES_FRONTEND = 7,
  PERF_COUNT_HW_STALLED_CYCLES_BACKEND = 8,
  PERF_COUNT_HW_REF_CPU_CYCLES = 9,
};

enum SwId : std::uint64_t {
  PERF_COUNT_SW_CPU_CLOCK = 0,
  PERF_COUNT_SW_TASK_CLOCK = 1,
  PERF_COUNT_SW_PAGE_FAULTS = 2,
  PERF_COUNT_SW_CONTEXT_SWITCHES = 3,
  PERF_COUNT_SW_CPU_MIGRATIONS = 4,
  PERF_COUNT_SW_PAGE_FAULTS_MIN = 5,
  PERF_COUNT_SW_PAGE_FAULTS_MAJ = 6,
  PERF_COUNT_SW_ALIGNMENT_FAULTS = 7,
  PERF_COUNT_SW_EMULATION_FAULTS = 8,
  PERF_COUNT_SW_DUMMY = 9,
  PERF_COUNT_SW_BPF_OUTPUT = 10,
  PERF_COUNT_SW_CGROUP_SWITCHES = 11,
};

bool EventAttr::is_bpf_output() const { return type == PERF_TYPE_SOFTWARE && config == PERF_COUNT_SW_BPF_OUTPUT; }

enum SampleBit : std::uint64_t {
  PERF_SAMPLE_IP = 1ULL << 0,
  PERF_SAMPLE_TID = 1ULL << 1,
  PERF_SAMPLE_TIME = 1ULL << 2,
  PERF_SAMPLE_ADDR = 1ULL << 3,
  PERF_SAMPLE_READ = 1ULL << 4,
  PERF_SAMPLE_CALLCHAIN = 1ULL << 5,
  PERF_SAMPLE_ID = 1ULL << 6,
  PERF_SAMPLE_CPU = 1ULL << 7,
  PERF_SAMPLE_PERIOD = 1ULL << 8,
  PERF_SAMPLE_STREAM_ID = 1ULL << 9,
  PERF_SAMPLE_RAW = 1ULL << 10,
  PERF_SAMPLE_BRANCH_STACK = 1ULL << 11,
  PERF_SAMPLE_REGS_USER = 1ULL << 12,
  PERF_SAMPLE_STACK_USER = 1ULL << 13,
  PERF_SAMPLE_WEIGHT = 1ULL << 14,
  PERF_SAMPLE_DATA_SRC = 1ULL << 15,
  PERF_SAMPLE_IDENTIFIER = 1ULL << 16,
  PERF_SAMPLE_TRANSACTION = 1ULL << 17,
  PERF_SAMPLE_REGS_INTR = 1ULL << 18,
  PERF_SAMPLE_PHYS_ADDR = 1ULL << 19,
  PERF_SAMPLE_AUX = 1ULL << 20,
  PERF_SAMPLE_CGROUP = 1ULL << 21,
  PERF_SAMPLE_DATA_PAGE_SIZE = 1ULL << 22,
  PERF_SAMPLE_CODE_PAGE_SIZE = 1ULL << 23,
  PERF_SAMPLE_WEIGHT_STRUCT = 1ULL << 24,
};

enum ReadFormatBit : std::uint64_t {
  PERF_FORMAT_TOTAL_TIME_ENABLED = 1ULL << 0,
  PERF_FORMAT_TOTAL_TIME_RUNNING = 1ULL << 1,
  PERF_FORMAT_ID = 1ULL << 2,
  PERF_FORMAT_GROUP = 1ULL << 3,
  PERF_FORMAT_LOST = 1ULL << 4,
};

enum BranchSampleBit : std::uint64_t {
  PERF_SAMPLE_BRANCH_HW_INDEX = 1ULL << 17,
  PERF_SAMPLE_BRANCH_COUNTERS = 1ULL << 19,
};

enum RecordType : std::uint32_t {
  PERF_RECORD_MMAP = 1,
  PERF_RECORD_LOST = 2,
  PERF_RECORD_COMM = 3,
  PERF_RECORD_EXIT = 4,
  PERF_RECORD_THROTTLE = 5,
  PERF_RECORD_UNTHROTTLE = 6,
  PERF_RECORD_FORK = 7,
  PERF_RECORD_READ = 8,
  PERF_RECORD_SAMPLE = 9,
  PERF_RECORD_MMAP2 = 10,
  PERF_RECORD_AUX = 11,
  PERF_RECORD_ITRACE_START = 12,
  PERF_RECORD_LOST_SAMPLES = 13,
  PERF_RECORD_SWITCH = 14,
  PERF_RECORD_SWITCH_CPU_WIDE = 15,
  PERF_RECORD_NAMESPACES = 16,
  PERF_RECORD_KSYMBOL = 17,
  PERF_RECORD_BPF_EVENT = 18,
  PERF_RECORD_CGROUP = 19,
  PERF_RECORD_TEXT_POKE = 20,
  PERF_RECORD_AUX_OUTPUT_HW_ID = 21,
  PERF_RECORD_CALLCHAIN_DEFERRED = 22,
};

/// The 8 bytes before every record: u32 type, u16 misc, u16 size (header included).
inline constexpr std::size_t kRecordHeaderBytes = 8;

inline constexpr std::uint16_t PERF_RECORD_MISC_CPUMODE_MASK = 7;
inline constexpr std::uint16_t PERF_RECORD_MISC_KERNEL = 1;
inline constexpr std::uint16_t PERF_RECORD_MISC_USER = 2;
inline constexpr std::uint16_t PERF_RECORD_MISC_HYPERVISOR = 3;
inline constexpr std::uint16_t PERF_RECORD_MISC_GUEST_KERNEL = 4;
inline constexpr std::uint16_t PERF_RECORD_MISC_GUEST_USER = 5;
inline constexpr std::uint16_t PERF_RECORD_MISC_PROC_MAP_PARSE_TIMEOUT = 1U << 12;
inline constexpr std::uint16_t PERF_RECORD_MISC_MMAP_DATA = 1U << 13;
inline constexpr std::uint16_t PERF_RECORD_MISC_COMM_EXEC = 1U << 13;
inline constexpr std::uint16_t PERF_RECORD_MISC_SWITCH_OUT = 1U << 13;
inline constexpr std::uint16_t PERF_RECORD_MISC_EXACT_IP = 1U << 14;
inline constexpr std::uint16_t PERF_RECORD_MISC_SWITCH_OUT_PREEMPT = 1U << 14;
inline constexpr std::uint16_t PERF_RECORD_MISC_MMAP_BUILD_ID = 1U << 14;

/// Flags of PERF_RECORD_AUX.
enum AuxFlag : std::uint64_t {
  PERF_AUX_FLAG_TRUNCATED = 1,  ///< the area was full; the kernel has disabled the event
  PERF_AUX_FLAG_OVERWRITE = 2,
  PERF_AUX_FLAG_PARTIAL = 4,
  PERF_AUX_FLAG_COLLISION = 8,
};

// Call chain entries from here up (as u64) are markers, not addresses.
inline constexpr std::uint64_t PERF_CONTEXT_HV = ~std::uint64_t{0} - 31;              // -32
inline constexpr std::uint64_t PERF_CONTEXT_KERNEL = ~std::uint64_t{0} - 127;         // -128
inline constexpr std::uint64_t PERF_CONTEXT_USER = ~std::uint64_t{0} - 511;           // -512
inline constexpr std::uint64_t PERF_CONTEXT_USER_DEFERRED = ~std::uint64_t{0} - 639;  // -640
inline constexpr std::uint64_t PERF_CONTEXT_GUEST = ~std::uint64_t{0} - 2047;         // -2048
inline constexpr std::uint64_t PERF_CONTEXT_GUEST_KERNEL = ~std::uint64_t{0} - 2175;  // -2176
inline constexpr std::uint64_t PERF_CONTEXT_GUEST_USER = ~std::uint64_t{0} - 2559;    // -2560
inline constexpr std::uint64_t PERF_CONTEXT_MAX = ~std::uint64_t{0} - 4094;           // -4095

// Register section: `abi` word.
inline constexpr std::uint64_t PERF_SAMPLE_REGS_ABI_NONE = 0;
inline constexpr std::uint64_t PERF_SAMPLE_REGS_ABI_32 = 1;
inline constexpr std::uint64_t PERF_SAMPLE_REGS_ABI_64 = 2;
inline constexpr std::uint64_t PERF_SAMPLE_REGS_ABI_SIMD = 4;
/// Both of which say how wide the task's registers are.
inline constexpr std::uint64_t kRegsAbiBitness = PERF_SAMPLE_REGS_ABI_32 | PERF_SAMPLE_REGS_ABI_64;

// perf_event_open flags and ioctls (asm-generic encoding, the same on x86 and arm64).
inline constexpr unsigned long PERF_FLAG_FD_CLOEXEC = 8;
inline constexpr unsigned long PERF_EVENT_IOC_ENABLE = 0x2400;
inline constexpr unsigned long PERF_EVENT_IOC_DISABLE = 0x2401;
inline constexpr unsigned long PERF_EVENT_IOC_SET_OUTPUT = 0x2405;
inline constexpr unsigned long PERF_EVENT_IOC_ID = 0x80082407;
inline constexpr unsigned long PERF_EVENT_IOC_SET_FILTER = 0x40082406;

// perf_event_mmap_page: byte offsets of the control page.
inline constexpr std::size_t kMmapDataHead = 1024;
inline constexpr std::size_t kMmapDataTail = 1032;
inline constexpr std::size_t kMmapAuxHead = 1056;
inline constexpr std::size_t kMmapAuxTail = 1064;
inline constexpr std::size_t kMmapAuxOffset = 1072;
inline constexpr std::size_t kMmapAuxSize = 1080;

/// si_code of the SIGTRAP that attr.sigtrap sends, and the flag of one that was late because SIGTRAP was blocked.
inline constexpr int TRAP_PERF = 6;
inline constexpr std::uint32_t TRAP_PERF_FLAG_ASYNC = 1;

/// precise_ip (0..3) of an attr.
unsigned precise_ip(const EventAttr& attr);
void set_precise_ip(EventAttr& attr, unsigned level);

/// Name of a PERF_RECORD_* type ("MMAP2"), or nullptr.
const char* record_type_name(std::uint32_t type);

}  // namespace simdprof::abi
