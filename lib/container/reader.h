#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lib/base/input_file.h"
#include "lib/base/result.h"
#include "lib/model/ledger.h"
#include "lib/model/record_input.h"

namespace simdprof {

/// A simdprof.data, opened: a zstd container, or its decompressed bytes. Any prefix of either is readable.
/// load() may be called from several threads.
class ContainerReader final : public RecordInput {
 public:
  /// @param path    file name, or "-" for standard input (spooled to an unnamed temporary file)
  /// @param ledger  what is missing is counted here, in chunks: chunk_damaged and input_truncated
  /// @return malformed when it is no recording of ours, truncated when it ends inside the file header, unsupported
  /// when its version is newer, io, not_found, permission
  static Result<ContainerReader> open(const std::string& path, Ledger& ledger);
  /// @param name  of the file, for errors
  static Result<ContainerReader> open(InputFile file, const std::string& name, Ledger& ledger);
  /// Whether a pipe that starts so is a recording of ours.
  static bool may_be_recording(std::span<const std::byte> start);

  ContainerReader(ContainerReader&&) noexcept;
  ContainerReader& operator=(ContainerReader&&) noexcept;
  ~ContainerReader() override;

  [[nodiscard]] const std::vector<ChunkInfo>& chunks() const override;
  [[nodiscard]] bool compressed() const;
  [[nodiscard]] bool index_present() const;  ///< false: a prefix, or never finished; the chunks were found by scanning
  [[nodiscard]] const std::string& name() const override;
  [[nodiscard]] const std::vector<Gap>& gaps() const override;
  [[nodiscard]] InputFormat format() const override;

 private:
  struct State;
  explicit ContainerReader(std::unique_ptr<State> state);
  /// Without the stream record. The size is bounded by the chunk limit of the format.
  /// @return malformed when checksum, sizes or stream record are wrong
  [[nodiscard]] Result<std::vector<std::byte>> load_into(std::vector<std::byte> memory,
                                                         std::size_t chunk) const override;

  std::unique_ptr<State> state_;
};

}  // namespace simdprof
