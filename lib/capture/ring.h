#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "lib/base/result.h"

namespace simdprof {

/// A kernel ring: the mapped data pages of one perf event, read by one thread.
class Ring {
 public:
  /// @param data_pages  a power of two
  static Result<Ring> map(int event_fd, std::size_t data_pages);
  Ring(Ring&& other) noexcept;
  Ring& operator=(Ring&& other) noexcept;
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;
  ~Ring();

  /// Gives every whole record that is in the ring now, oldest first, and frees its room. A record that wraps is copied
  /// together first. Bytes hold until the callback returns.
  /// @return malformed when a record's size field cannot be true (the ring is then emptied)
  Status drain(const std::function<void(std::span<const std::byte> record)>& take);
  /// Whether something is waiting. One read of the head.
  [[nodiscard]] bool pending() const;
  [[nodiscard]] int fd() const { return fd_; }

 private:
  Ring() = default;
  int fd_ = -1;  ///< not owned
  std::byte* base_ = nullptr;
  std::size_t mapped_bytes_ = 0;
  std::size_t data_bytes_ = 0;
};

}  // namespace simdprof
