#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lib/base/input_file.h"

namespace simdprof::perfdata {

/// A part of a file, read front to back through a buffer of bounded size.
class FileWindow {
 public:
  static constexpr std::size_t kBytes = std::size_t{1} << 20U;  ///< the most that at() gives

  FileWindow(const InputFile& file, std::uint64_t end) : file_(file), end_(end) {}

  /// The bytes at `offset`: `size` of them, fewer at the end. They hold until the next call.
  Result<std::span<const std::byte>> at(std::uint64_t offset, std::size_t size) {
    if (offset >= start_ && offset + size <= start_ + bytes_.size()) return inside(offset, size);
    return refill(offset, size);
  }
  /// The bytes at `offset` that are in memory already; they hold until the next call of at().
  [[nodiscard]] std::span<const std::byte> held(std::uint64_t offset) const {
    if (offset < start_ || offset - start_ > bytes_.size()) return {};
    return inside(offset, bytes_.size() - static_cast<std::size_t>(offset - start_));
  }
  [[nodiscard]] std::uint64_t end() const { return end_; }

 private:
  /// Read at once: what stays in a core's own cache.
  static constexpr std::size_t kStepBytes = std::size_t{1} << 18U;

  [[nodiscard]] std::span<const std::byte> inside(std::uint64_t offset, std::size_t size) const {
    return std::span<const std::byte>(bytes_).subspan(static_cast<std::size_t>(offset - start_), size);
  }
  Result<std::span<const std::byte>> refill(std::uint64_t offset, std::size_t size);

  const InputFile& file_;
  std::uint64_t end_;
  std::uint64_t start_ = 0;
  std::vector<std::byte> bytes_;
};

}  // namespace simdprof::perfdata
