#pragma once

#include <optional>
#include <string>

#include "lib/abi/arm64_regsets.h"
#include "lib/abi/xsave.h"
#include "lib/capture/event_settle.h"
#include "lib/capture/kernel_limits.h"
#include "lib/capture/plan.h"

namespace simdprof {

/// Answer of a probe: available, or an errno and what it means.
struct StopProbe {
  int error_number = 0;
  std::string explanation;  ///< when available: which registers; else the one thing to change
};

/// What decides whether a target can be stopped and its registers read.
struct StopFacts {
  std::optional<std::int64_t> yama_scope;  ///< kernel.yama.ptrace_scope; empty: no Yama
  bool may_ptrace_any = false;             ///< CAP_SYS_PTRACE
  abi::XsaveTable xsave;                   ///< of this CPU
  abi::Arm64Simd arm64;                    ///< of this CPU
  /// Traces a child of ours and gives what came of it: the one way to know whether something forbids it (a tracer of
  /// our own that follows our children, a seccomp filter, a security module). Null: not asked.
  StopProbe (*trace_a_child)() = nullptr;
};
StopFacts load_stop_facts(const KernelLimits& limits);

/// StopFacts::trace_a_child on this system. The child runs nothing and is reaped.
StopProbe trace_a_child();

/// Whether the ptrace source works: a sigtrap event on a task, ptrace rights for this target, vector registers that a
/// tracer can read (an XSAVE image, NEON).
///
/// @param event   settled, makes the stops
/// @param target  whom to record: rights differ between a command and a running process
StopProbe probe_stops(const EventPlan& event, const TargetSpec& target, const StopFacts& facts,
                      const EventOpener& open);

/// Lowers a frequency at which a target would do little but stop: a stop takes some 30 us of its time.
///
/// @param event  makes the stops
/// @return what was done, for the user; empty where nothing was
std::string limit_stop_rate(EventPlan& event);

/// "XMM YMM ZMM opmask" or "NEON SVE", as far as the CPU and the plan have them.
std::string render_image_classes(const StopFacts& facts, const VectorPlan& wanted);

}  // namespace simdprof
