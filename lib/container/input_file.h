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
  /// @param path  file name, or "-" for standard input
  static Result<InputFile> open(const std::string& path);

  /// Reads at `offset` until `bytes` is full or the file ends; returns the bytes read. Thread-safe.
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> bytes) const;
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  InputFile(UniqueFd fd, std::uint64_t size) : fd_(std::move(fd)), size_(size) {}
  UniqueFd fd_;
  std::uint64_t size_;  ///< bytes, when it was opened
};

}  // namespace simdprof
