#pragma once

#include <cstdint>

#include "lib/base/cursor.h"

namespace simdprof {

/// The next count * words_each words. `count` comes from the input: it is compared with the bytes left before it is
/// multiplied, and the cursor latches when it is too large.
inline WordView take_words(Cursor& in, std::uint64_t count, unsigned words_each = 1) {
  if (words_each == 0) return WordView({}, in.order());
  if (count > in.remaining() / (std::size_t{8} * words_each)) {
    in.latch();
    return {};
  }
  return WordView(in.take(count * words_each * 8), in.order());
}

}  // namespace simdprof
