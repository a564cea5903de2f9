#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/model/ledger.h"
#include "lib/model/own_record.h"

namespace simdprof {

/// One chunk of a recording: a run of whole records of one stream.
struct ChunkInfo {
  StreamStart start;                   ///< stream, counts, time range
  std::uint64_t file_offset = 0;       ///< of the chunk's zstd frame, or of its first record in an uncompressed input
  std::uint64_t compressed_bytes = 0;  ///< 0 in an uncompressed input
  std::uint64_t record_offset = 0;     ///< place of the first record that load() gives in the decompressed input
};

/// Bytes of the input that could not be taken for a chunk.
struct Gap {
  LossCause cause = LossCause::chunk_damaged;  ///< or input_truncated
  std::uint64_t file_offset = 0;
  std::uint64_t bytes = 0;
  std::optional<std::uint64_t> records;  ///< how many records were in them, when their header could be read
};

/// A simdprof.data, opened: a zstd container, or its decompressed bytes. Any prefix of either is readable.
/// load() may be called from several threads.
class ContainerReader {
 public:
  /// @param path    file name, or "-" for standard input (spooled to an unnamed temporary file)
  /// @param ledger  what is missing is counted here, in chunks: chunk_damaged and input_truncated
  /// @return malformed when it is no recording of ours, truncated when it ends inside the file header, unsupported
  /// when its version is newer, io, not_found, permission
  static Result<ContainerReader> open(const std::string& path, Ledger& ledger);

  ContainerReader(ContainerReader&&) noexcept;
  ContainerReader& operator=(ContainerReader&&) noexcept;
  ~ContainerReader();

  [[nodiscard]] const std::vector<ChunkInfo>& chunks() const;
  /// Records of one chunk, without its stream record. Size is bounded by the chunk limit of the format.
  /// @return malformed when checksum, sizes or stream record are wrong: the caller counts LossCause::chunk_damaged and
  /// goes on with the next chunk
  [[nodiscard]] Result<std::vector<std::byte>> load(std::size_t chunk) const;

  [[nodiscard]] bool compressed() const;
  [[nodiscard]] bool index_present() const;  ///< false: a prefix, or never finished; the chunks were found by scanning
  [[nodiscard]] std::uint64_t file_bytes() const;      ///< size of the input
  [[nodiscard]] const std::string& name() const;       ///< path, or "-"
  [[nodiscard]] const std::vector<Gap>& gaps() const;  ///< what open() found missing, by place

 private:
  struct State;
  explicit ContainerReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace simdprof
