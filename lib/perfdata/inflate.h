#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "lib/base/fd.h"
#include "lib/base/result.h"

namespace simdprof::perfdata {

/// Decompresses the zstd stream whose pieces the COMPRESSED records of one file carry. The stream is flushed at each
/// record but never ended, and records inside it straddle the pieces. What comes out goes to an unnamed temporary file,
/// so that it can be read at any place and memory stays bounded.
class StreamInflater {
 public:
  StreamInflater();
  StreamInflater(StreamInflater&&) noexcept;
  StreamInflater& operator=(StreamInflater&&) noexcept;
  ~StreamInflater();

  /// Decompresses the next piece.
  /// @return malformed  the stream is damaged; the piece may have given some bytes before that, and the next piece is
  ///                    taken only if a new stream begins with it
  ///         limit      more comes out than a recorder can have put in: kMostBytes and kMostRatio times the input
  ///         io         no room for what comes out
  Status add(std::span<const std::byte> piece);
  /// Bytes that came out so far.
  [[nodiscard]] std::uint64_t size() const;
  /// The file they are in; nothing may be added afterwards.
  UniqueFd take_file();

  static constexpr std::uint64_t kMostBytes = std::uint64_t{16} << 20U;
  static constexpr std::uint64_t kMostRatio = 256;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace simdprof::perfdata
