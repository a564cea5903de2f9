#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/abi/time_conversion.h"
#include "lib/base/units.h"

namespace simdprof {

/// Who wrote AUX bytes: the number in AUXTRACE_INFO. Source: PERF_AUXTRACE_* of perf's util/auxtrace.h.
enum class AuxTraceType : std::uint32_t {
  unknown = 0,
  intel_pt = 1,
  intel_bts = 2,
  cs_etm = 3,
  arm_spe = 4,
  s390_cpumsf = 5,
  hisi_ptt = 6
};

/// PERF_RECORD_AUX_OUTPUT_HW_ID: what the kernel said about the trace of one CPU.
struct AuxHwId {
  std::int32_t cpu = -1;
  std::uint64_t hw_id = 0;  ///< CoreSight: bits 0-7 are the trace id
};

/// What the recorder noted for the decoder. The words are laid out as perf has them for the type.
struct AuxTraceInfo {
  AuxTraceType type = AuxTraceType::unknown;
  std::vector<std::uint64_t> words;
  std::uint64_t config = 0;     ///< perf_event_attr::config of the event that made the trace
  std::string cpuid;            ///< "GenuineIntel,6,94,3" as perf's CPUID feature has it; empty: not recorded
  abi::TimeConversion clock;    ///< of the trace's time stamps, where `words` do not tell: Arm SPE, CoreSight
  std::vector<AuxHwId> hw_ids;  ///< CoreSight: in the order of the recording
};

/// Bytes of one AUX buffer between whose first and last byte nothing is missing.
struct AuxSlice {
  std::uint32_t index = 0;    ///< of the ring that the area belongs to
  std::int32_t cpu = -1;      ///< -1: the buffer follows a thread
  Tid tid = -1;               ///< -1: the buffer follows a CPU
  std::uint64_t offset = 0;   ///< of data[0] in the buffer's stream of bytes
  std::uint64_t flags = 0;    ///< PERF_AUX_FLAG_* of the AUX records that announced the bytes
  std::uint64_t time_ns = 0;  ///< of the last AUX record that announced them; 0: none did
  std::span<const std::byte> data;
};

/// Where in the trace something stands.
struct AuxPlace {
  std::uint32_t index = 0;  ///< of the ring
  std::int32_t cpu = -1;
  Pid pid = -1;
  Tid tid = -1;
  std::uint64_t offset = 0;            ///< in the buffer's stream of bytes
  std::uint64_t time_ns = kNoAuxTime;  ///< in the recording's clock

  static constexpr std::uint64_t kNoAuxTime = ~std::uint64_t{0};  ///< the trace does not tell
};

/// One packet. `text` is the payload as the field writes it: "tip 2: 7f12" of Intel PT, "VA 0xffff..." of SPE.
struct AuxPacket {
  AuxPlace place;
  std::uint32_t bytes = 0;
  std::string_view name;
  std::string_view text;
};

/// Why control went elsewhere; as perf's sample flags have it.
enum AuxBranchFlag : std::uint32_t {
  kAuxBranch = 1U << 0,
  kAuxCall = 1U << 1,
  kAuxReturn = 1U << 2,
  kAuxConditional = 1U << 3,
  kAuxSyscall = 1U << 4,
  kAuxAsync = 1U << 5,
  kAuxInterrupt = 1U << 6,
  kAuxTxAbort = 1U << 7,
  kAuxTraceBegin = 1U << 8,
  kAuxTraceEnd = 1U << 9,
  kAuxInTx = 1U << 10,
  kAuxVmEntry = 1U << 11,
  kAuxVmExit = 1U << 12,
  kAuxMispredicted = 1U << 13,
};

/// One taken branch, or where a trace begins (from = 0) or ends (to = 0).
struct AuxBranch {
  AuxPlace place;
  VirtAddr from = 0;
  VirtAddr to = 0;
  std::uint32_t flags = 0;               ///< AuxBranchFlag
  std::uint64_t instructions = 0;        ///< since the branch before, this one included; 0: not known
  std::uint64_t cycles = 0;              ///< since the last branch that has them; 0: not known
  std::uint64_t cycle_instructions = 0;  ///< that ran in these cycles; 0: not known
};

/// One instruction that was run.
struct AuxInstruction {
  AuxPlace place;
  VirtAddr ip = 0;
  std::uint8_t size = 0;  ///< bytes; 0: not known
  std::array<std::byte, 16> bytes{};
  std::uint32_t flags = 0;   ///< AuxBranchFlag of what it does
  std::uint64_t cycles = 0;  ///< that passed since the instruction before, as far as the trace tells
};

/// One sampled operation (Arm SPE, or any trace of memory accesses). A field means something when its bit is present.
struct AuxMemory {
  enum Present : std::uint32_t {
    kIp = 1,
    kVirtual = 2,
    kPhysical = 4,
    kTarget = 8,
    kTotalLatency = 16,
    kIssueLatency = 32,
    kTranslateLatency = 64,
    kSource = 128,
    kContext = 256
  };
  AuxPlace place;
  std::uint32_t present = 0;
  VirtAddr ip = 0, virtual_address = 0, target = 0;
  std::uint64_t physical_address = 0;
  std::uint32_t total_latency = 0, issue_latency = 0, translate_latency = 0;  ///< cycles
  std::uint64_t events = 0;                                                   ///< Arm SPE's events packet, 0: none
  std::uint32_t source = 0;                                                   ///< implementation's data source
  std::uint32_t context = 0;                                                  ///< CONTEXTIDR
  std::string_view operation;  ///< "load", "store", "branch", "sve-load", ...
};

/// Anything else that a trace tells: power states, ptwrite payloads, instrumentation, trace markers.
struct AuxEvent {
  AuxPlace place;
  std::string_view name;  ///< "ptwrite", "cbr", "enabled", "overflow", "sw-trace", ...
  VirtAddr ip = 0;        ///< 0: not known
  std::uint64_t value = 0;
  std::string_view text;  ///< all its facts, for people
};

/// What a packet beside the flow says, of those that perf makes samples of.
struct AuxMarkFacts {
  enum class Kind : std::uint8_t {
    ptwrite,
    cbr,     ///< core:bus ratio
    psb,     ///< where decoding can begin
    mwait,   ///< what the program asked of the CPU when it waited
    pwre,    ///< entry of a power state
    exstop,  ///< execution stopped
    pwrx,    ///< exit of a power state
  };
  Kind kind = Kind::ptwrite;
  bool has_ip = false;             ///< ptwrite, exstop: the packet told its address; else it is the last that was known
  std::uint8_t nominal_ratio = 0;  ///< cbr: the highest ratio without turbo; 0: not known
  std::uint32_t bus_khz = 0;       ///< cbr: frequency at ratio 1; 0: not known
  std::uint64_t payload = 0;       ///< of the packet, as a number; cbr: the ratio; psb: offset in the buffer's stream
};

struct AuxMark {
  AuxPlace place;
  VirtAddr ip = 0;  ///< 0: not known
  AuxMarkFacts facts;
};

/// Why bytes could not be decoded. Decoding goes on behind them.
struct AuxError {
  AuxPlace place;
  VirtAddr ip = 0;        ///< where the flow was; 0: not known
  std::string_view code;  ///< short and stable: "nomap", "bad-packet", "overflow", "lost", "unsupported"
  std::string_view text;
  std::string_view file = {};  ///< the file (or kernel image) whose code is missing; empty: the cause is another
};

/// Takes what decoders find, in the order of the trace. Views hold for the call alone.
class AuxSink {
 public:
  AuxSink() = default;
  AuxSink(const AuxSink&) = delete;
  AuxSink& operator=(const AuxSink&) = delete;
  virtual ~AuxSink() = default;
  virtual void on_packet(const AuxPacket&) {}
  virtual void on_branch(const AuxBranch&) {}
  virtual void on_instruction(const AuxInstruction&) {}
  virtual void on_memory(const AuxMemory&) {}
  virtual void on_event(const AuxEvent&) {}
  virtual void on_mark(const AuxMark&) {}
  virtual void on_error(const AuxError&) {}
};

/// The programs that ran while a trace was made. May be asked from several threads.
class AuxPrograms {
 public:
  AuxPrograms() = default;
  AuxPrograms(const AuxPrograms&) = delete;
  AuxPrograms& operator=(const AuxPrograms&) = delete;
  virtual ~AuxPrograms() = default;

  struct Task {
    Pid pid = -1;
    Tid tid = -1;
  };
  /// Who ran on `cpu` at `time_ns` (a buffer of a thread: that thread); -1 where the recording does not tell.
  [[nodiscard]] virtual Task task(std::int32_t cpu, Tid tid, std::uint64_t time_ns) const = 0;
  /// Code at `address` of `pid` as it was mapped at `time_ns` (AuxPlace::kNoAuxTime: at the end).
  /// @param kernel  `address` is the kernel's
  /// @return how many bytes were read: fewer at the end of a mapping, 0 where no file or image is known
  [[nodiscard]] virtual std::size_t read_code(Pid pid, VirtAddr address, bool kernel, std::uint64_t time_ns,
                                              std::span<std::byte> out) const = 0;
  /// What was read of `pid` at `time_ns` stays as it is before this time: decoders keep it so long and ask less. The
  /// answer that is always right, and slow, is `time_ns`; kNoAuxTime: to the end.
  [[nodiscard]] virtual std::uint64_t code_holds_until(Pid, std::uint64_t time_ns) const { return time_ns; }
  /// What is mapped at `address` where read_code() gave nothing: a file's name; nothing: no mapping is known there.
  [[nodiscard]] virtual std::string mapped_name(Pid, VirtAddr, bool /*kernel*/, std::uint64_t /*time_ns*/) const {
    return {};
  }
};

}  // namespace simdprof
