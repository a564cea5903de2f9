#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "lib/base/fd.h"
#include "lib/base/result.h"

namespace simdprof {

/// The file that a recording goes to; it is usable under its name from the first byte on.
class OutputFile {
 public:
  /// @param path  file name: made with mode 0600, an old file of that name is renamed to `path.old`; a FIFO or a
  ///              character device is opened as it is; "-" is standard output, unless that is a terminal
  static Result<OutputFile> create(const std::string& path);

  /// Appends `bytes`. After an error a regular file is cut back to what was appended whole, so that it ends between
  /// two frames.
  Status append(std::span<const std::byte> bytes);
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  OutputFile(UniqueFd fd, std::string name, bool regular)
      : fd_(std::move(fd)), name_(std::move(name)), regular_(regular) {}
  UniqueFd fd_;
  std::string name_;
  bool regular_;
  std::uint64_t size_ = 0;  ///< bytes appended
};

}  // namespace simdprof
