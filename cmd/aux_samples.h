#pragma once

#include <cstdint>
#include <memory>

#include "cmd/aux_call_depth.h"
#include "cmd/aux_hits.h"
#include "cmd/session.h"

namespace simdprof::cmd {

/// The samples that --itrace makes of a recording's trace, in time order: put between its records, they are samples
/// like any others.
class AuxSamples {
 public:
  /// Reads the session to its end, and starts it again.
  /// @param session  before its first record; must outlive this
  static Result<std::unique_ptr<AuxSamples>> open(Session& session, const ItraceOptions& options,
                                                  const SymbolOptions& symbols);
  AuxSamples(const AuxSamples&) = delete;
  AuxSamples& operator=(const AuxSamples&) = delete;

  /// The recording's facts and the events that are made of the trace.
  [[nodiscard]] const RecordingFacts& facts() const { return facts_; }
  /// The next one, as a record, if it comes before `time_ns` (kNoTime: all do); else nullptr. Holds until the next
  /// call.
  const Record* next_before(std::uint64_t time_ns);
  /// What that one was made of.
  [[nodiscard]] const AuxHit& hit() const { return hit_; }
  /// Of a branch: see CallDepth.
  [[nodiscard]] std::uint32_t call_depth() const { return call_depth_; }
  /// What could not be decoded so far.
  [[nodiscard]] std::uint64_t errors() const { return hits_->errors(); }

 private:
  AuxSamples(Session& session, const ItraceOptions& options, const SymbolOptions& symbols);

  RecordingFacts facts_;
  ItraceEvents events_;
  AuxRecording recording_;
  std::unique_ptr<AuxHits> hits_;
  bool tells_errors_, counts_calls_;
  CallDepth depths_;
  std::uint32_t call_depth_ = 0;
  AuxHit hit_;
  Record record_;
};

}  // namespace simdprof::cmd
