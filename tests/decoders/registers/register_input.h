#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "lib/abi/xsave.h"
#include "lib/model/own_record.h"
#include "lib/model/sample.h"
#include "tests/support/bytes.h"

/// Short ways to write down the inputs of the register stage.
namespace simdprof::test {

/// A section over bytes that the caller keeps.
inline RegisterBlock block_of(std::uint64_t abi, std::uint64_t mask, const Bytes& words) {
  RegisterBlock block;
  block.abi = abi;
  block.mask = mask;
  block.words = WordView(words);
  return block;
}

/// `count` words: first, first + 1, ...
inline Bytes ascending(std::uint64_t first, std::size_t count) {
  Bytes out;
  for (std::size_t i = 0; i < count; ++i) append_word(out, first + i, 8);
  return out;
}

/// CPUID leaf 0xD of an AVX-512 machine (AMD Zen 4), as kernel-side documents print it.
inline abi::XsaveTable zen4_table() {
  abi::XsaveTable table;
  table.xcr0_mask = 0xe7;
  table.max_bytes = 2432;
  table.components[0] = {0, 160, 0};
  table.components[1] = {160, 256, 0};
  table.components[2] = {576, 256, 0};
  table.components[5] = {832, 64, 0};
  table.components[6] = {896, 512, 0};
  table.components[7] = {1408, 1024, 0};
  return table;
}

}  // namespace simdprof::test
