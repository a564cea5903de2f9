#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "lib/base/result.h"
#include "lib/model/record_sink.h"

namespace simdprof {

struct WriterOptions {
  int zstd_level = 3;                                ///< level 1 is hardly faster and makes files 3 % larger
  std::size_t chunk_bytes = std::size_t{1} << 20U;   ///< a chunk is closed when its records reach this size
  std::size_t queue_bytes = std::size_t{64} << 20U;  ///< records that may wait to be written; write() waits above it
};

/// Writes a simdprof.data. Compression and writing happen on a thread of its own.
class ContainerWriter final : public RecordSink {
 public:
  /// @param path  file name (mode 0600; an old file of that name is kept once as `path.old`), or "-" for standard
  /// output
  static Result<std::unique_ptr<ContainerWriter>> create(const std::string& path, const WriterOptions& options);
  ~ContainerWriter() override;

  StreamId open_stream(const StreamInfo& info) override;
  Status write(StreamId stream, std::span<const std::byte> records, std::uint32_t record_count,
               std::uint64_t first_time_ns, std::uint64_t last_time_ns) override;
  Status write_parts(StreamId stream, std::span<const std::span<const std::byte>> parts,
                     std::uint32_t record_count) override;

  /// Closes all chunks in flight and hands them to the file; called about once a second, so that a killed recorder
  /// loses little.
  Status flush();
  /// flush(), then index and seek table. Nothing may be written afterwards.
  Status finish();

  struct Totals {
    std::uint64_t record_bytes = 0;  ///< before compression
    std::uint64_t file_bytes = 0;
    std::uint64_t chunks = 0;
  };
  [[nodiscard]] Totals totals() const;

 private:
  struct State;
  explicit ContainerWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace simdprof
