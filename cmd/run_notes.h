#pragma once

#include <span>

#include "lib/model/record.h"

namespace simdprof::cmd {

/// What a verb makes of one run of records; see Session::note_runs.
class RunNotes {
 public:
  RunNotes() = default;
  RunNotes(const RunNotes&) = delete;
  RunNotes& operator=(const RunNotes&) = delete;
  virtual ~RunNotes() = default;

  /// Forgets the run before, but for its memory.
  virtual void start() = 0;
  /// `records` are those of the run so far; one with type 0 does not decode. Called after every few of them, while the
  /// core has them at hand. Where they are may change; their views hold until the next start().
  virtual void add(std::span<const Record> records) = 0;
};

}  // namespace simdprof::cmd
