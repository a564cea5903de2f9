#pragma once

#include <map>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/capture/plan.h"
#include "lib/model/record_sink.h"

namespace simdprof {

/// One way of getting registers that was tried.
struct SourceAttempt {
  SourceKind source = SourceKind::gpr;
  int error_number = 0;     ///< 0: it works
  std::string explanation;  ///< what was tried and what the answer means
};

/// Facts of the recording machine, as `simdprof info` shows them: hostname, release, arch, cpu, ...
std::map<std::string, std::string> collect_host_facts();

/// Writes what a reader must know before the first sample: events, host facts, XSAVE layout, sources tried.
///
/// @param facts  host facts and those of the recording ("cmdline", "clock", ...)
Status write_recording_head(RecordSink& sink, const CapturePlan& plan, const std::vector<SourceAttempt>& attempts,
                            const std::map<std::string, std::string>& facts);

/// Writes what is known at the end: build ids of the mapped files by path, and the END record.
Status write_recording_tail(RecordSink& sink, const CaptureOutcome& outcome,
                            const std::map<std::string, std::vector<std::byte>>& build_ids);

/// "CLOCK_MONOTONIC" for 1, ...
std::string clock_name(std::int32_t clockid);

}  // namespace simdprof
