#pragma once

#include <array>
#include <cstdint>

#include "lib/model/register_set.h"

namespace simdprof {

inline constexpr unsigned kBlockRegisters = 16;

/// The low 128 bits of registers 0..15 of one set, reduced to what rules compare, so that a block is read once.
struct VectorBlock {
  std::uint16_t recorded = 0;                         ///< bit n: register n was recorded whole
  std::array<std::uint32_t, kBlockRegisters> lane{};  ///< hash of each register's value
  std::uint64_t hash = 0;                             ///< of `recorded` and all values
  std::uint16_t nonzero = 0;                          ///< bit n: register n was recorded whole and is not 0
  bool zero = false;                                  ///< something was recorded and all of it is 0
  bool upper_half = false;                            ///< some word begins with 8 ones, as kernel addresses do
  /// At least 4 registers with pairwise different contents that are neither 0 nor one byte repeated: data that two
  /// tasks do not have by chance.
  bool rich = false;

  [[nodiscard]] bool empty() const { return recorded == 0; }
};

VectorBlock make_vector_block(const RegisterSet& set);

/// Registers in which two blocks with the same `recorded` differ; bit n: register n.
std::uint16_t different_registers(const VectorBlock& a, const VectorBlock& b);

/// Whether the kernel read the vectors at the interrupt. Register images of other sources cannot show its defects.
bool read_by_kernel(const RegisterSet& set);

/// Whether all words that both sets recorded are the same, and there is one.
bool equal_vectors(const RegisterSet& a, const RegisterSet& b);

/// Whether vectors were recorded and every recorded word, at any width, is 0.
bool zero_vectors(const RegisterSet& set);

}  // namespace simdprof
