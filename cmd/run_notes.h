#pragma once

namespace simdprof::cmd {

/// What a verb keeps of one run of records; see Session::note_runs.
class RunNotes {
 public:
  RunNotes() = default;
  RunNotes(const RunNotes&) = delete;
  RunNotes& operator=(const RunNotes&) = delete;
  virtual ~RunNotes() = default;
};

}  // namespace simdprof::cmd
