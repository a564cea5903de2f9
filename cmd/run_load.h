#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "cmd/run_prefetch.h"
#include "cmd/session.h"
#include "lib/model/record_input.h"

namespace simdprof::cmd {

/// The runs as the time order sees them. Runs without any time stay between their neighbours: they take the last time
/// before them, and when a whole recording has no times, their number. AUX bytes have no time: they come last, one run
/// after the other, or not at all.
struct OrderedRuns {
  std::vector<RunInfo> runs;
  std::vector<std::size_t> chunks;  ///< by run
};

OrderedRuns runs_of(const RecordInput& input, AuxBytes aux);

/// The record at `offset` of a chunk's bytes; `bytes` begin with it. Empty when its header is wrong.
std::optional<RawRecord> frame_record(const ChunkInfo& chunk, std::span<const std::byte> bytes, std::size_t offset);

/// Loads one chunk, sorts its records, decodes them and lets a verb make its notes of them. Called from several
/// threads.
///
/// @param first_time_ns  of the run, as OrderedRuns has it
/// @param make_notes     may be empty
/// @param spare          a run that is used up, for its memory: to clear new memory is a tenth of all work
RunLoad load_run(const RecordInput& input, const EventTable& events, std::size_t chunk, std::uint64_t first_time_ns,
                 const Session::MakeNotes& make_notes, RunLoad spare);

}  // namespace simdprof::cmd
