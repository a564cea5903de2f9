#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "lib/base/fd.h"
#include "lib/base/result.h"

namespace simdprof::perfdata {

/// The file that an export goes to. A regular file gets its name only when it is whole: until then it is `path.tmp`,
/// which goes away on any error.
class OutFile {
 public:
  /// @param path  file name; "-" is standard output, unless that is a terminal. A FIFO or device is written as it is.
  static Result<OutFile> create(const std::string& path);
  OutFile(OutFile&& other) noexcept;
  OutFile& operator=(OutFile&&) = delete;
  OutFile(const OutFile&) = delete;
  OutFile& operator=(const OutFile&) = delete;
  ~OutFile();

  /// Whether bytes can be written only in order: standard output, FIFO, device.
  [[nodiscard]] bool sequential() const { return temporary_.empty(); }
  Status append(std::span<const std::byte> bytes);
  /// Overwrites bytes that were appended. Not for sequential files.
  Status overwrite(std::uint64_t offset, std::span<const std::byte> bytes);
  /// Gives the file its name; a file of that name is kept as `path.old`.
  Status finish();
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  OutFile(UniqueFd fd, std::string path, std::string temporary);
  [[nodiscard]] tl::unexpected<Error> failed(Error error) const;

  UniqueFd fd_;
  std::string path_;
  std::string temporary_;  ///< empty for sequential files, and when finished
  std::uint64_t size_ = 0;
};

}  // namespace simdprof::perfdata
