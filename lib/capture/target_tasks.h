#pragma once

#include <vector>

#include "lib/base/result.h"
#include "lib/base/units.h"
#include "lib/capture/plan.h"

namespace simdprof {

/// Threads of a process, ascending; empty when it is gone.
std::vector<Tid> list_threads(Pid pid);

/// Process a thread belongs to; not_found when it is gone.
Result<Pid> find_process_of(Tid tid);

/// The process and all that it and its children have started and that still run, the process first.
std::vector<Pid> list_descendants(Pid pid);

/// All processes of the system.
std::vector<Pid> list_processes();

/// Threads that -p and -t name, at this moment.
/// @return not_found when one of them is not there
Result<std::vector<Tid>> list_target_threads(const TargetSpec& target);

}  // namespace simdprof
