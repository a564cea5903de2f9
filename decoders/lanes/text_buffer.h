#pragma once

#include <fmt/format.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "lib/base/check.h"

namespace simdprof {

/// Where text goes; cmd::TextOut hands out its own. The functions below are inline because a line of output is made of
/// hundreds of pieces of a few bytes.
using TextBuffer = fmt::memory_buffer;

/// Hexadecimal digits of a number.
constexpr unsigned hex_digit_count(std::uint64_t value) {
  return value == 0 ? 1 : (static_cast<unsigned>(std::bit_width(value)) + 3) / 4;
}

namespace text_detail {

// Eight digits of a 32-bit number as bytes, most significant first in memory. Every nibble gets a byte of its own;
// nibbles above 9 carry into bit 4 when 6 is added, and are moved from '0'+n to 'a'+n-10.
inline std::uint64_t eight_digits(std::uint32_t value) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  std::uint64_t x = value;
  x = (x | (x << 16U)) & 0x0000ffff0000ffff;
  x = (x | (x << 8U)) & 0x00ff00ff00ff00ff;
  x = (x | (x << 4U)) & 0x0f0f0f0f0f0f0f0f;
  const std::uint64_t is_letter = ((x + kOnes * 6) >> 4U) & kOnes;
  x += kOnes * '0' + is_letter * ('a' - '0' - 10);
  return std::endian::native == std::endian::little ? __builtin_bswap64(x) : x;
}

/// Sixteen digits, leading zeros kept, on any CPU.
inline void store_digits_plainly(std::uint64_t value, char* to) {
  const std::array<std::uint64_t, 2> all = {eight_digits(static_cast<std::uint32_t>(value >> 32U)),
                                            eight_digits(static_cast<std::uint32_t>(value))};
  std::memcpy(to, all.data(), sizeof all);
}

/// The same, all at once where the CPU can: a byte for each nibble, then '0' or 'a' - 10 on top of it. A line of
/// registers is mostly this.
inline void store_digits(std::uint64_t value, char* to) {
#ifdef __SSE2__
  const __m128i low_nibble = _mm_set1_epi8(15);
  const __m128i bytes = _mm_cvtsi64_si128(static_cast<long long>(__builtin_bswap64(value)));  // most significant first
  const __m128i high = _mm_and_si128(_mm_srli_epi16(bytes, 4), low_nibble);
  const __m128i nibbles = _mm_unpacklo_epi8(high, _mm_and_si128(bytes, low_nibble));
  const __m128i letter = _mm_and_si128(_mm_cmpgt_epi8(nibbles, _mm_set1_epi8(9)), _mm_set1_epi8('a' - '0' - 10));
  const __m128i digits = _mm_add_epi8(_mm_add_epi8(nibbles, _mm_set1_epi8('0')), letter);
  std::memcpy(to, &digits, sizeof digits);
#else
  store_digits_plainly(value, to);
#endif
}

}  // namespace text_detail

/// A text of at most 16 bytes that is written again and again: to copy all 16 is quicker than to ask how many.
class ShortText {
 public:
  static constexpr std::size_t kMostBytes = 16;

  ShortText() = default;
  explicit ShortText(std::string_view text) : size_(text.size()) {
    SIMDPROF_ASSERT(text.size() <= kMostBytes);
    text.copy(bytes_.data(), text.size());
  }

 private:
  friend class PieceWriter;
  std::array<char, kMostBytes> bytes_{};
  std::size_t size_ = 0;
};

/// Writes pieces into space that was reserved once: `most` is a bound of all that will be written.
class PieceWriter {
 public:
  PieceWriter(TextBuffer& out, std::size_t most) : out_(out), before_(out.size()) {
    // Digits and short texts are stored in blocks of 16, beyond what counts.
    const std::size_t wanted = before_ + most + 16;
    if (out.capacity() < wanted) out.reserve(wanted);
    at_ = out.data() + before_;
    end_ = at_ + most;
  }
  PieceWriter(const PieceWriter&) = delete;
  PieceWriter& operator=(const PieceWriter&) = delete;
  ~PieceWriter() {
    SIMDPROF_ASSERT(at_ <= end_);
    out_.resize(static_cast<std::size_t>(at_ - out_.data()));
  }

  void text(std::string_view piece) {
    std::memcpy(at_, piece.data(), piece.size());
    at_ += piece.size();
  }
  void text(const ShortText& piece) {
    std::memcpy(at_, piece.bytes_.data(), piece.bytes_.size());
    at_ += piece.size_;
  }
  void put(char c) { *at_++ = c; }
  /// `digits` (1 to 16) hexadecimal digits, leading zeros kept.
  void hex_digits(std::uint64_t value, unsigned digits) {
    text_detail::store_digits(value << ((64 - 4 * digits) % 64), at_);  // the first digit on top
    at_ += digits;
  }
  /// `0x` and as many digits as the value has.
  void hex(std::uint64_t value) {
    put('0');
    put('x');
    hex_digits(value, hex_digit_count(value));
  }

 private:
  TextBuffer& out_;
  std::size_t before_;
  char* at_;
  char* end_;
};

inline void append_text(TextBuffer& out, std::string_view text) {
  const std::size_t before = out.size();
  if (out.capacity() - before < text.size()) out.reserve(before + text.size());
  if (!text.empty()) std::memcpy(out.data() + before, text.data(), text.size());
  out.resize(before + text.size());
}

/// `digits` hexadecimal digits without prefix, leading zeros kept.
inline void append_hex_digits(TextBuffer& out, std::uint64_t value, unsigned digits) {
  SIMDPROF_ASSERT(digits <= 16);
  PieceWriter(out, 16).hex_digits(value, digits);
}

/// `0x` and as many digits as the value has.
inline void append_hex(TextBuffer& out, std::uint64_t value) { PieceWriter(out, 18).hex(value); }

}  // namespace simdprof
