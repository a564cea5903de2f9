#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/result.h"
#include "lib/model/own_record.h"

namespace simdprof {

/// One chunk of a recording: a run of whole records of one stream.
struct ChunkInfo {
  StreamStart start;                   ///< stream, byte order, counts, time range
  std::uint64_t file_offset = 0;       ///< of the chunk's bytes in the file that holds them
  std::uint64_t compressed_bytes = 0;  ///< 0 where the chunk is not compressed by itself
  std::uint64_t record_offset = 0;     ///< place of the first record that load() gives, as errors name it
};

/// Bytes of the input that could not be taken for a chunk.
struct Gap {
  LossCause cause = LossCause::chunk_damaged;  ///< or input_truncated
  std::uint64_t file_offset = 0;
  std::uint64_t bytes = 0;
  std::optional<std::uint64_t> records;  ///< how many records were in them, when their header could be read
};

/// What kind of file a recording was read from, for those who want to know.
struct InputFormat {
  std::string name;                 ///< "simdprof.data", "perf.data"
  std::string detail;               ///< version and form: "version 2, zstd container", "pipe mode, big-endian"
  bool compressed = false;          ///< bytes of chunks are compressed one by one
  bool finished = false;            ///< the writer came to its end
  std::uint64_t file_bytes = 0;     ///< size of the input
  std::uint32_t framing_bytes = 0;  ///< of the stream record that a compressed chunk holds beside its records
};

/// What the head of an input tells.
struct InputHead {
  std::uint64_t file_bytes = 0;
  std::string kernel_release;   ///< of the recorded kernel; empty: the head does not tell
  bool samples_kernel = false;  ///< an event samples kernel mode
};
/// Called by a reader that has to walk through all of its input to open it, before it does.
using OnInputHead = std::function<void(const InputHead& head)>;

/// A recording that can be read chunk by chunk, whatever its file looks like: what a Session reads from.
class RecordInput {
 public:
  RecordInput() = default;
  RecordInput(const RecordInput&) = delete;
  RecordInput& operator=(const RecordInput&) = delete;
  virtual ~RecordInput() = default;

  [[nodiscard]] virtual const std::vector<ChunkInfo>& chunks() const = 0;
  /// Records of one chunk, in the byte order of its stream. May be called from several threads.
  /// @param memory  of a chunk that is used up, to be used again: what is new is cleared first, page by page
  /// @return malformed when the chunk is damaged: the caller counts LossCause::chunk_damaged and goes on with the next
  [[nodiscard]] Result<std::vector<std::byte>> load(std::size_t chunk, std::vector<std::byte> memory = {}) const {
    return load_into(std::move(memory), chunk);
  }
  /// Whether records of this type, which load() may give, serve the file's own order alone and are passed over.
  [[nodiscard]] virtual bool is_framing(std::uint32_t) const { return false; }

  [[nodiscard]] virtual const std::string& name() const = 0;       ///< path, or "-"
  [[nodiscard]] virtual const std::vector<Gap>& gaps() const = 0;  ///< what was found missing at the opening, by place
  [[nodiscard]] virtual InputFormat format() const = 0;

 protected:
  RecordInput(RecordInput&&) = default;
  RecordInput& operator=(RecordInput&&) = default;

 private:
  [[nodiscard]] virtual Result<std::vector<std::byte>> load_into(std::vector<std::byte> memory,
                                                                 std::size_t chunk) const = 0;
};

}  // namespace simdprof
