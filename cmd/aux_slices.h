#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "cmd/aux_buffers.h"
#include "cmd/session.h"
#include "decoders/aux/aux_decoder.h"
#include "lib/model/aux_trace.h"

namespace simdprof::cmd {

/// A slice with its bytes, and the parts of it that are decoded each by itself.
struct AuxWindow {
  AuxSlice slice;  ///< slice.data lies in `bytes`
  std::vector<std::byte> bytes;
  std::vector<AuxSegment> segments;
};

/// Gives the AUX bytes of a recording piece by piece, so that memory does not grow with the recording.
class AuxSliceReader {
 public:
  AuxSliceReader() = default;
  AuxSliceReader(const AuxSliceReader&) = delete;
  AuxSliceReader& operator=(const AuxSliceReader&) = delete;
  virtual ~AuxSliceReader() = default;
  /// The next slice; nullptr at the end.
  virtual std::shared_ptr<const AuxWindow> next() = 0;
};

/// Bytes of an area that are decoded together: nothing is missing in them.
struct AuxRange {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};
/// The area in runs without a gap, in the order of the file. A gap, a step back (the next snapshot) and the end of a
/// record that was truncated end one; with `per_record` so does every AUX record: CoreSight's frames begin afresh
/// there.
std::vector<AuxRange> gapless_ranges(const AuxBuffer& buffer, bool per_record);

/// What AUX records say of the bytes [offset, offset + bytes): all their flags, and the last one's time (0: none).
void join_announcements(std::span<const AuxAnnouncement> announced, AuxSlice& slice, std::uint64_t bytes);

/// Slices of one area, each of about 4 MiB; more where a decoder finds no place to begin in that. A decoder begins at
/// each window where the one before left off, so that windows make no difference to what it finds.
std::unique_ptr<AuxSliceReader> read_area(const RecordInput& input, const EventTable& events, const AuxBuffer& buffer,
                                          const AuxDecoder& decoder, bool per_record);

/// AUX bytes of samples of one stream (PERF_SAMPLE_AUX): every sample is a slice of its own, and offsets count the
/// bytes of the stream's samples one after another.
std::unique_ptr<AuxSliceReader> read_samples(const RecordInput& input, const EventTable& events, StreamId stream,
                                             std::uint32_t index, const AuxDecoder& decoder);

}  // namespace simdprof::cmd
