#pragma once

#include "cmd/session.h"
#include "lib/container/reader.h"
#include "lib/model/ledger.h"

namespace simdprof::cmd {

/// Reads the metadata chunks of a recording. Damaged chunks and undecodable records are left out without a word: they
/// are met and counted again when the records are read in time order. Facts that contradict each other or are more
/// than a recording can have are counted in `ledger`.
RecordingFacts load_facts(const ContainerReader& container, Ledger& ledger);

}  // namespace simdprof::cmd
