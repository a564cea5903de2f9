#pragma once

#include <cstdint>

#include "lib/base/result.h"
#include "lib/capture/aux_ring.h"
#include "lib/model/own_record.h"
#include "lib/model/record_sink.h"

namespace simdprof {

/// Writes the bytes of one AUX area to a stream of its own, as AUXTRACE records.
class AuxWriter {
 public:
  /// @param index  number of the ring that the area belongs to
  AuxWriter(RecordSink& sink, std::uint32_t index, std::int32_t cpu, Tid tid);

  /// The bytes go to the sink from where they are: nothing is copied here.
  ///
  /// @param reference  the same for all areas that are read at once
  Status write(const AuxRun& run, std::uint64_t reference);
  /// Bytes written.
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  Status write_part(std::uint64_t offset, std::span<const std::byte> data, std::uint64_t reference);
  RecordSink* sink_;
  StreamId stream_;
  std::uint32_t index_;
  std::int32_t cpu_;
  Tid tid_;
  std::uint64_t bytes_ = 0;
};

}  // namespace simdprof
