#pragma once

#include "cmd/aux_samples.h"
#include "cmd/session.h"

namespace simdprof::cmd {

/// The records of a session, and between them, by time, the samples that are made of its trace.
class MergedRecords {
 public:
  /// @param made  nullptr: none are made. Both must outlive this.
  MergedRecords(Session& session, AuxSamples* made) : session_(session), made_(made) {}

  /// The next one, or nullptr at the end. It holds until the next call.
  const Record* next();
  /// Whether that one was made of the trace.
  [[nodiscard]] bool is_made() const { return is_made_; }

 private:
  Session& session_;
  AuxSamples* made_;
  const Record* waiting_ = nullptr;  ///< the session's, behind those that are made
  bool is_made_ = false;
};

}  // namespace simdprof::cmd
