#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "cmd/session.h"
#include "lib/base/result.h"
#include "lib/base/units.h"
#include "lib/model/aux_trace.h"

namespace simdprof::cmd {

/// Bits of PERF_RECORD_AUX. Source: uapi linux/perf_event.h (PERF_AUX_FLAG_*).
enum AuxFlag : std::uint64_t {
  kAuxTruncated = 1,  ///< the area was full: the event stopped, and what followed was not traced
  kAuxOverwrite = 2,  ///< snapshot mode: the area is overwritten all the time
  kAuxPartial = 4,    ///< there are gaps in the bytes
  kAuxCollision = 8,  ///< sampled operations were dropped
};

/// PERF_RECORD_AUX: the kernel says that these bytes are in the area.
struct AuxAnnouncement {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  std::uint64_t flags = 0;
  std::uint64_t time_ns = kNoTime;

  [[nodiscard]] std::uint64_t end() const { return offset + bytes; }
};

/// Bytes of an area without a gap, from one chunk of the file.
struct AuxExtent {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  std::size_t chunk = 0;
};

/// One AUX area: what the file has of it, and what the kernel said about it.
struct AuxBuffer {
  static constexpr std::uint32_t kNoIndex = ~std::uint32_t{0};

  std::uint32_t index = kNoIndex;  ///< of its ring; kNoIndex: announced, but the file has no bytes of it
  std::int32_t cpu = -1;
  Tid tid = -1;
  std::vector<AuxExtent> extents;          ///< in the order of the file
  std::vector<AuxAnnouncement> announced;  ///< in time order

  [[nodiscard]] std::uint64_t recorded_bytes() const;
};

/// Finds the AUX areas of a recording. Needs the recording's other records first, then the file.
class AuxBufferIndex {
 public:
  /// Which streams belong to which CPU.
  explicit AuxBufferIndex(const RecordInput& input);

  /// The CPU that a record is of: by its own word, else by its stream; -1 where neither tells.
  [[nodiscard]] std::int32_t cpu_of(const Record& record) const;
  /// Records in time order.
  void observe(const Record& record);
  /// Looks for AUX bytes in the file and joins them with what was announced. Every AUX chunk is loaded once, one after
  /// another; what is kept of it is where its bytes are.
  /// @return the areas by index, CPU and thread
  std::vector<AuxBuffer> finish(const RecordInput& input, const EventTable& events);

  /// How each kind of trace in the recording was made, in the order of the records that tell it.
  [[nodiscard]] std::vector<AuxTraceInfo> infos(const RecordingFacts& facts) const;
  /// Samples that carry AUX bytes.
  [[nodiscard]] std::uint64_t samples_with_bytes() const { return samples_with_bytes_; }

 private:
  struct Announced {
    std::int32_t cpu = -1;
    Tid tid = -1;
    AuxAnnouncement what;
  };

  std::unordered_map<StreamId, std::int32_t> cpu_of_stream_;
  std::vector<Announced> announced_;
  std::vector<AuxTraceInfo> infos_;
  std::vector<AuxHwId> hw_ids_;
  std::uint64_t samples_with_bytes_ = 0;
};

}  // namespace simdprof::cmd
