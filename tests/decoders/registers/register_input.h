#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "lib/model/own_record.h"
#include "lib/model/sample.h"
#include "tests/support/bytes.h"
#include "tests/support/xsave_table.h"

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

}  // namespace simdprof::test
