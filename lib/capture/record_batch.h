#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lib/base/units.h"
#include "lib/model/record_sink.h"

namespace simdprof {

/// Gathers records of one stream and hands them to the sink in runs, with their time range.
class RecordBatch {
 public:
  /// @param limit_bytes  a run is handed over when it is this long
  RecordBatch(RecordSink& sink, StreamId stream, std::size_t limit_bytes = std::size_t{64} << 10U);

  /// @param time_ns  kNoTime for a record without a time
  /// An error of the sink is kept and returned by hand_over().
  void add(std::span<const std::byte> record, std::uint64_t time_ns);
  /// A kernel record with our base layout; its time is read from it.
  void add_kernel(std::span<const std::byte> record);
  Status hand_over();

 private:
  RecordSink* sink_;
  StreamId stream_;
  std::size_t limit_bytes_;
  std::vector<std::byte> bytes_;
  std::uint32_t count_ = 0;
  std::uint64_t first_time_ns_ = kNoTime;
  std::uint64_t last_time_ns_ = kNoTime;
  Status status_;
};

}  // namespace simdprof
