#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "lib/base/result.h"
#include "lib/capture/control_page.h"
#include "lib/capture/mapping.h"

namespace simdprof {

/// A kernel ring: the mapped data pages of one perf event, drained by one thread at a time.
class Ring {
 public:
  /// @param data_pages  a power of two
  static Result<Ring> map(int event_fd, std::size_t data_pages);
  /// Tells the user that rings became smaller than `wanted_pages`, to fit what may be locked in memory.
  static void note_smaller(std::size_t pages, std::size_t wanted_pages);
  /// A ring over memory that somebody else owns and fills: how tests drive the reader without a kernel.
  ///
  /// @param memory         control page, then the data
  /// @param control_bytes  size of the control page, a multiple of 8, at least 1040; the rest of `memory` must be a
  ///                       power of two of at least 8 bytes
  static Ring over_memory(std::span<std::byte> memory, std::size_t control_bytes, CounterAccess access = kNativeAccess);
  /// No ring yet: nothing is pending, nothing is drained.
  static Ring none() { return {}; }

  /// Gives every whole record that is in the ring now, oldest first, and frees its room. A record that wraps is copied
  /// together first. Bytes hold until the callback returns.
  /// @return malformed when a record's size field cannot be true (the ring is then emptied)
  Status drain(const std::function<void(std::span<const std::byte> record)>& take);
  /// Whether something is waiting. One read of the head.
  [[nodiscard]] bool pending() const;
  /// How many bytes were ever written, and how many of them wait to be drained. From any thread; while another one
  /// drains the second is what it was at some moment, or 0.
  [[nodiscard]] std::uint64_t written() const;
  [[nodiscard]] std::uint64_t waiting_bytes() const;
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] std::size_t data_bytes() const { return data_bytes_; }
  [[nodiscard]] ControlPage control() const { return control_; }
  /// Control page and data, in bytes: an AUX area may be mapped behind them.
  [[nodiscard]] std::size_t mapped_bytes() const { return memory_.bytes(); }

 private:
  Ring() = default;
  /// `size` bytes from position `at`, in one piece.
  std::span<const std::byte> whole(std::uint64_t at, std::size_t size);

  int fd_ = -1;     ///< not owned
  Mapping memory_;  ///< control page, then the data
  ControlPage control_;
  std::byte* data_ = nullptr;
  std::size_t data_bytes_ = 0;
  std::vector<std::byte> joined_;  ///< a record that wraps
};

}  // namespace simdprof
