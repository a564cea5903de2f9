#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "lib/base/fd.h"
#include "lib/base/result.h"

namespace simdprof {

/// A file that can be read at any place. A pipe is copied to an unnamed temporary file first, so memory stays bounded.
class InputFile {
 public:
  /// Whether the first bytes of a pipe (up to 256 KiB) are worth the copy of the rest, which may be endless.
  using WorthCopying = bool (*)(std::span<const std::byte> start);

  /// @param path   file name, or "-" for standard input
  /// @param worth  asked for pipes only; a pipe that is not worth it ends after its first bytes
  static Result<InputFile> open(const std::string& path, WorthCopying worth);
  /// A descriptor of a file that can be read at any place.
  static Result<InputFile> adopt(UniqueFd fd);

  /// Reads at `offset` until `bytes` is full or the file ends; returns the bytes read. Thread-safe.
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> bytes) const;
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  InputFile(UniqueFd fd, std::uint64_t size) : fd_(std::move(fd)), size_(size) {}
  UniqueFd fd_;
  std::uint64_t size_;  ///< bytes, when it was opened
};

/// An empty file without a name in $TMPDIR (else /tmp): gone when closed, also when the program is killed.
Result<UniqueFd> open_unnamed();

}  // namespace simdprof
