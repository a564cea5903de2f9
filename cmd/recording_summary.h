#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "cmd/session.h"

namespace simdprof::cmd {

/// What one stream of a recording holds.
struct StreamSummary {
  StreamInfo info;
  std::uint64_t chunks = 0;
  std::uint64_t records = 0;
  std::uint64_t record_bytes = 0;
  std::uint64_t compressed_bytes = 0;
};

/// What a recording holds, added up over all of its records.
struct RecordingSummary {
  std::map<StreamId, StreamSummary> streams;
  std::map<std::string, std::uint64_t> records;  ///< by name of the record type
  std::vector<std::uint64_t> samples_of_event;   ///< by index of the event
  std::uint64_t samples = 0;
  std::uint64_t uncompressed_bytes = 0;   ///< of all chunks, their stream records included
  std::uint64_t first_time_ns = kNoTime;  ///< of records of the rings
  std::uint64_t last_time_ns = kNoTime;
};

/// Reads all of a recording. What was lost stands in session.ledger() afterwards.
RecordingSummary summarize(Session& session);

/// "ring", "metadata", ...
std::string_view stream_kind_name(StreamKind kind);

}  // namespace simdprof::cmd
