#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace simdprof::perfdata {

/// Bytes under construction, integers in the byte order of the file they go to.
class OrderedBytes {
 public:
  explicit OrderedBytes(std::endian order) : order_(order) {}

  OrderedBytes& u8(std::uint8_t value) { return number(value, 1); }
  OrderedBytes& u16(std::uint16_t value) { return number(value, 2); }
  OrderedBytes& u32(std::uint32_t value) { return number(value, 4); }
  OrderedBytes& u64(std::uint64_t value) { return number(value, 8); }
  OrderedBytes& bytes(std::span<const std::byte> value) {
    bytes_.insert(bytes_.end(), value.begin(), value.end());
    return *this;
  }
  OrderedBytes& text(std::string_view value) { return bytes(std::as_bytes(std::span(value.data(), value.size()))); }
  OrderedBytes& zeros(std::size_t count) {
    bytes_.resize(bytes_.size() + count);
    return *this;
  }
  void clear() { bytes_.clear(); }

  [[nodiscard]] std::span<const std::byte> view() const { return bytes_; }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] std::endian order() const { return order_; }
  std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  OrderedBytes& number(std::uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; ++i) {
      const unsigned place = order_ == std::endian::little ? i : size - 1 - i;
      bytes_.push_back(static_cast<std::byte>(value >> (8 * place)));
    }
    return *this;
  }

  std::endian order_;
  std::vector<std::byte> bytes_;
};

}  // namespace simdprof::perfdata
