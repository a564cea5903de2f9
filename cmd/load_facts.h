#pragma once

#include "cmd/session.h"
#include "lib/model/ledger.h"
#include "lib/model/record_input.h"

namespace simdprof::cmd {

/// Reads the metadata chunks of a recording. Damaged chunks and undecodable records are left out without a word: they
/// are met and counted again when the records are read in time order. Facts that contradict each other or are more
/// than a recording can have are counted in `ledger`.
RecordingFacts load_facts(const RecordInput& input, Ledger& ledger);

}  // namespace simdprof::cmd
