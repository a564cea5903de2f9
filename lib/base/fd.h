#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/result.h"

namespace simdprof {

/// Owns a file descriptor.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) reset(std::exchange(other.fd_, -1));
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { reset(); }

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool valid() const { return fd_ >= 0; }
  void reset(int fd = -1);
  /// Gives the descriptor up without closing it.
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

/// Opens `path` read-only, close-on-exec.
Result<UniqueFd> open_to_read(const std::string& path);
/// Opens `path` to write, close-on-exec and never as a terminal of ours; `flags` are further O_* flags. What it makes
/// has mode 0600.
Result<UniqueFd> open_to_write(const std::string& path, int flags);
/// Standard output for data; usage when that is a terminal.
Result<UniqueFd> open_standard_output();
/// Writes all of `bytes`, through short writes and EINTR.
Status write_all(int fd, std::span<const std::byte> bytes);
/// The same at a place of the file, whose position stays.
Status write_all_at(int fd, std::uint64_t offset, std::span<const std::byte> bytes);
/// Reads until `bytes` is full or the file ends; returns the bytes read.
Result<std::size_t> read_up_to(int fd, std::span<std::byte> bytes);
/// The same from a place of the file, whose position stays.
Result<std::size_t> read_up_to_at(int fd, std::uint64_t offset, std::span<std::byte> bytes);
/// The whole of a file, at most `limit_bytes` of it (more is an error of kind limit).
Result<std::vector<std::byte>> load_bytes(const std::string& path, std::size_t limit_bytes);
/// As load_bytes, for text files such as those of /proc and /sys.
Result<std::string> load_text(const std::string& path, std::size_t limit_bytes = std::size_t{64} << 20U);

/// `text` as bytes, without a copy.
inline std::span<const std::byte> as_bytes(const std::string& text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace simdprof
