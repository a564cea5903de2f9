#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "lib/model/presence.h"

namespace simdprof {

/// Vector registers of an arm64 thread: V0..V31 of 128 bits, and the Z0..Z31 that they are the low part of, whose
/// length (128 to 2048 bits) a machine and a thread choose.
struct Arm64Vectors {
  static constexpr unsigned kPredicateWords = 4;  ///< 256 bits, one for each byte of the longest vector
  using Predicate = std::array<std::uint64_t, kPredicateWords>;

  unsigned vector_bytes = 0;  ///< of a Z register; 0: SVE was not recorded
  /// words[32][stride()]: register after register, lowest word first; empty when nothing was recorded. Only words of
  /// present parts mean something.
  std::vector<std::uint64_t> words;
  Presence low = Presence::not_recorded;   ///< bits 0..127: V, and the low part of Z
  Presence high = Presence::not_recorded;  ///< the bits of Z above; init: the thread does not use SVE, they are zero
  std::array<Predicate, 16> predicate{};   ///< P0..P15
  Predicate ffr{};
  Presence predicates = Presence::not_recorded;  ///< of P0..P15 and FFR
  std::uint32_t fpsr = 0;
  std::uint32_t fpcr = 0;
  Presence control = Presence::not_recorded;  ///< of FPSR and FPCR

  [[nodiscard]] unsigned stride() const { return vector_bytes == 0 ? 2 : vector_bytes / 8; }
};

}  // namespace simdprof
