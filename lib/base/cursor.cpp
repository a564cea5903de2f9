#include "lib/base/cursor.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "lib/base/check.h"

namespace simdprof {
namespace {

template <class T>
T load(std::span<const std::byte> bytes, std::endian order) {
  std::array<std::byte, sizeof(T)> raw;
  std::memcpy(raw.data(), bytes.data(), sizeof(T));
  if (order != std::endian::native) std::reverse(raw.begin(), raw.end());
  return std::bit_cast<T>(raw);
}

}  // namespace

std::span<const std::byte> Cursor::take(std::uint64_t size) {
  if (failed_ || size > remaining()) {
    if (!failed_) {
      failed_at_ = position_;
      failed_ = true;
      position_ = bytes_.size();
    }
    return {};
  }
  const auto taken = bytes_.subspan(position_, static_cast<std::size_t>(size));
  position_ += static_cast<std::size_t>(size);
  return taken;
}

template <class T>
T Cursor::read() {
  const auto bytes = take(sizeof(T));
  return bytes.size() == sizeof(T) ? load<T>(bytes, order_) : T{0};
}

std::uint8_t Cursor::u8() { return read<std::uint8_t>(); }
std::uint16_t Cursor::u16() { return read<std::uint16_t>(); }
std::uint32_t Cursor::u32() { return read<std::uint32_t>(); }
std::uint64_t Cursor::u64() { return read<std::uint64_t>(); }

std::string_view Cursor::padded_text(std::uint64_t size) {
  const auto bytes = take(size);
  const auto end = std::find(bytes.begin(), bytes.end(), std::byte{0});
  const auto length = static_cast<std::size_t>(end - bytes.begin());
  // char may alias any object, so this view of the bytes is well defined.
  return {static_cast<const char*>(static_cast<const void*>(bytes.data())), length};
}

std::uint64_t WordView::operator[](std::size_t index) const {
  SIMDPROF_ASSERT(index < size());
  return load<std::uint64_t>(bytes_.subspan(index * 8, 8), order_);
}

}  // namespace simdprof
