#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lib/abi/perf_event.h"
#include "lib/base/result.h"
#include "lib/base/units.h"
#include "lib/model/own_record.h"
#include "lib/model/record_sink.h"

namespace simdprof {

/// Whom to record.
struct TargetSpec {
  std::vector<std::string> command;  ///< `-- cmd args`; empty: none is started
  std::vector<Pid> pids;             ///< -p: all threads, and those made later
  std::vector<Tid> tids;             ///< -t: just these
  bool system_wide = false;          ///< -a
  std::vector<std::int32_t> cpus;    ///< -C; empty: all
};

/// What an event is for.
enum class EventRole : std::uint8_t {
  samples,         ///< takes samples, with registers
  aux,             ///< writes a trace to an AUX area, and takes no samples
  tracking,        ///< tells of tasks, mappings and context switches, and counts nothing
  snapshot_point,  ///< a breakpoint that asks for snapshots; opened when its address is known
  text_poke,       ///< tells of changes of the kernel's code; follows each CPU, whatever the target is
};

/// One event, ready to open: everything but `disabled`, `enable_on_exec` and what a source must add is set.
struct EventPlan {
  abi::EventAttr attr;
  std::string name;
  int group = -1;  ///< index of the group's leader in CapturePlan::events; -1: in no group
  EventRole role = EventRole::samples;
  std::string pmu;                 ///< folder of its PMU in sysfs; empty: a kind of event that every kernel has
  std::string filter;              ///< PERF_EVENT_IOC_SET_FILTER; empty: none
  std::vector<std::int32_t> cpus;  ///< CPUs that have its PMU; empty: all
  std::string tracepoint;          ///< "sched:sched_switch"; empty: it is none
};

/// What becomes of AUX areas.
enum class AuxUse : std::uint8_t {
  none,        ///< there are none
  full_trace,  ///< all bytes are recorded
  snapshot,    ///< the newest bytes, when asked for and at the end
  samples,     ///< the kernel copies bytes into samples (PERF_SAMPLE_AUX)
};
struct AuxPlan {
  AuxUse use = AuxUse::none;
  std::size_t pages = 0;           ///< of each area
  bool pages_given = false;        ///< a smaller area is not what was asked for
  std::size_t snapshot_bytes = 0;  ///< at most, of each area
};

/// Vector state that is asked for; that of another architecture than the machine's means nothing.
struct VectorPlan {
  bool xmm = true, ymm = true, zmm = true, opmask = true;
  bool neon = true, sve = true;
};

/// Everything a source needs to know; made by cmd/record from options and probes.
struct CapturePlan {
  SourceKind source = SourceKind::gpr;
  TargetSpec target;
  std::vector<EventPlan> events;  ///< [0] leads: the ptrace source makes its stops from it
  VectorPlan vectors;
  std::size_t ring_pages = 128;  ///< data pages of a ring (-m)
  AuxPlan aux;                   ///< for events with an AUX area
  /// Where the snapshot_point is in a process that runs; called once, when the target does.
  std::function<Result<VirtAddr>(Pid)> find_snapshot_point;
  bool per_thread = false;                            ///< a ring a thread, not a CPU; no thread made later is recorded
  std::chrono::milliseconds start_delay{0};           ///< -D
  std::optional<std::chrono::milliseconds> duration;  ///< --duration
  std::int32_t clockid = 1;  ///< CLOCK_MONOTONIC; attr.clockid of every event. kPerfClock: none is set
};

/// CapturePlan::clockid for the clock that perf events have by themselves, which CPU ticks can be converted to.
inline constexpr std::int32_t kPerfClock = -1;

/// What a recording came to.
struct CaptureOutcome {
  std::optional<Pid> command;               ///< the started command; without a wait_status it still runs
  std::optional<std::int32_t> wait_status;  ///< of the started command, as waitpid gives it
  bool outlived = false;                    ///< the command went on after the end of the recording
  std::uint64_t start_ns = 0, end_ns = 0;   ///< in the recording's clock
  std::uint64_t samples = 0;
  std::uint64_t register_images = 0;
  std::uint64_t lost = 0;           ///< all causes
  std::uint64_t paused_ns = 0;      ///< without samples, so that a target got on that its stops held up
  std::uint64_t aux_bytes = 0;      ///< of AUX areas, recorded
  std::uint64_t aux_truncated = 0;  ///< times that an area was full
  std::uint64_t aux_unread = 0;     ///< bytes that were in an area and could not be recorded
};

/// Set by a signal handler (SIGINT, SIGTERM) or a timer: end the recording in order.
using StopFlag = std::atomic<bool>;
/// How many snapshots of the AUX areas were asked for; a signal handler counts up.
using SnapshotCount = std::atomic<unsigned>;

/// Records through rings alone (sources gpr and kernel) until the target ends, `stop` is set or the duration is over.
Result<CaptureOutcome> run_ring_capture(const CapturePlan& plan, RecordSink& sink, const StopFlag& stop,
                                        const SnapshotCount& snapshots);
Result<CaptureOutcome> run_ring_capture(const CapturePlan& plan, RecordSink& sink, const StopFlag& stop);
/// Records with the ptrace source: rings, and a register image at each stop.
Result<CaptureOutcome> run_ptrace_capture(const CapturePlan& plan, RecordSink& sink, const StopFlag& stop);

}  // namespace simdprof
