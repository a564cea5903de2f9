#include "decoders/validity/vector_block.h"

#include <algorithm>
#include <bit>

namespace simdprof {
namespace {

constexpr std::size_t kRichRegisters = 4;
constexpr std::uint8_t kXmmWords = 3;  // bits of words 0 and 1

// Odd constants without structure: the fractions of square roots of primes.
constexpr std::uint64_t kLowSalt = 0x6a09e667f3bcc909, kHighSalt = 0xbb67ae8584caa73b, kSpread = 0x9e3779b97f4a7c15;

/// One register's value, by the halves of a product of 128 bits: two multiplications a register are all that a block
/// costs. Good against chance; nobody gains by making two blocks look the same.
std::uint64_t value_hash(std::uint64_t low, std::uint64_t high) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(low ^ kLowSalt) * (high ^ kHighSalt);
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

bool begins_as_kernel(std::uint64_t word) { return word >> 56U == 0xff; }

bool one_byte_repeated(std::uint64_t low, std::uint64_t high) {
  return low == high && low == (low & 0xffU) * 0x0101010101010101;
}

/// Values of registers that count for richness, each once.
struct Distinct {
  std::array<std::uint64_t, kRichRegisters> seen{};
  std::size_t count = 0;

  void add(std::uint64_t hash) {
    if (count == seen.size() || std::find(seen.begin(), seen.begin() + count, hash) != seen.begin() + count) return;
    seen[count++] = hash;
  }
};

}  // namespace

VectorBlock make_vector_block(const RegisterSet& set) {
  VectorBlock block;
  Distinct distinct;
  std::uint64_t hash = 0;
  for (unsigned number = 0; number < kBlockRegisters; ++number) {
    const VectorRegister& vector = set.vector[number];
    if ((vector.recorded_words & kXmmWords) != kXmmWords) continue;
    const std::uint64_t low = vector.words[0], high = vector.words[1];
    block.recorded = static_cast<std::uint16_t>(block.recorded | (1U << number));
    if ((low | high) != 0) block.nonzero = static_cast<std::uint16_t>(block.nonzero | (1U << number));
    block.upper_half = block.upper_half || begins_as_kernel(low) || begins_as_kernel(high);
    const std::uint64_t value = value_hash(low, high);
    block.lane[number] = static_cast<std::uint32_t>(value >> 32U);
    hash = std::rotl((hash ^ value) * kSpread, 29);
    if ((low | high) != 0 && !one_byte_repeated(low, high)) distinct.add(value);
  }
  block.hash = (hash ^ block.recorded) * kSpread;
  block.zero = block.recorded != 0 && block.nonzero == 0;
  block.rich = distinct.count == kRichRegisters;
  return block;
}

std::uint16_t different_registers(const VectorBlock& a, const VectorBlock& b) {
  unsigned different = 0;
  for (unsigned number = 0; number < kBlockRegisters; ++number) {
    if (a.lane[number] != b.lane[number]) different |= 1U << number;
  }
  return static_cast<std::uint16_t>(different);
}

bool read_by_kernel(const RegisterSet& set) {
  return set.vector_origin == Origin::pebs || set.vector_origin == Origin::pmi_xsave;
}

bool equal_vectors(const RegisterSet& a, const RegisterSet& b) {
  bool common_words = false;
  for (std::size_t number = 0; number < a.vector.size(); ++number) {
    const VectorRegister& left = a.vector[number];
    const VectorRegister& right = b.vector[number];
    for (unsigned common = left.recorded_words & right.recorded_words; common != 0; common &= common - 1) {
      const auto word = static_cast<std::size_t>(std::countr_zero(common));
      if (left.words[word] != right.words[word]) return false;
      common_words = true;
    }
  }
  return common_words;
}

bool zero_vectors(const RegisterSet& set) {
  bool recorded = false;
  for (const VectorRegister& vector : set.vector) {
    for (unsigned left = vector.recorded_words; left != 0; left &= left - 1) {
      if (vector.words[static_cast<std::size_t>(std::countr_zero(left))] != 0) return false;
      recorded = true;
    }
  }
  return recorded;
}

}  // namespace simdprof
