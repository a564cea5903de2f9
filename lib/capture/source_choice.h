#pragma once

#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/capture/metadata.h"
#include "lib/capture/plan.h"
#include "lib/capture/probe_kernel.h"
#include "lib/capture/probe_stops.h"

namespace simdprof {

enum class SourceWish : std::uint8_t {
  automatic,
  kernel,
  ptrace,
  gpr,
  rings,  ///< automatic, but no thread may be stopped
};

struct SourceChoice {
  SourceKind source = SourceKind::gpr;
  VectorGrant grant;                    ///< for source kernel
  std::vector<SourceAttempt> attempts;  ///< all that was tried, the taken source last
  std::string line;                     ///< "source ptrace: ...; missing: ..."
};

/// Takes the first source that gives user vectors: kernel, ptrace, then the kernel's interrupt vectors of user hits,
/// then gpr. A forced source that is not available is an error that says what to change.
///
/// @param plan  events settled, target set
Result<SourceChoice> choose_source(SourceWish wish, const CapturePlan& plan, const ProbeTarget& target,
                                   const StopFacts& facts, const EventOpener& open);

}  // namespace simdprof
