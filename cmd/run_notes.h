#pragma once

#include <cstddef>
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

  /// Forgets the run before. Some of its memory may be used again.
  /// @param records  that the run says it has
  virtual void start(std::size_t records) = 0;
  /// `records` are those of the run so far; one with type 0 does not decode. Called after every few of them, while the
  /// core has them at hand. Where they are may change; their views hold as long as the run. Nothing is given any more,
  /// and what was noted is dropped, when the records turn out too small to be decoded ahead.
  virtual void add(std::span<const Record> records) = 0;
};

}  // namespace simdprof::cmd
