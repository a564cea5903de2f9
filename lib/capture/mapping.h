#pragma once

#include <cstddef>
#include <cstdint>

namespace simdprof {

/// Owns mapped memory, or names memory of somebody else: how tests drive what reads rings without a kernel.
class Mapping {
 public:
  Mapping() = default;
  /// mmap(2), shared. @return the errno, 0 when `out` is the mapping
  static int map(int fd, std::size_t bytes, int protection, std::uint64_t offset, Mapping& out);
  static Mapping borrow(std::byte* data, std::size_t bytes);
  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&& other) noexcept;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping();

  [[nodiscard]] std::byte* data() const { return data_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  std::byte* data_ = nullptr;
  std::size_t bytes_ = 0;
  bool owned_ = false;
};

}  // namespace simdprof
