#include "lib/base/cursor.h"

#include <algorithm>

namespace simdprof {

void Cursor::latch() {
  if (failed_) return;
  failed_at_ = position_;
  failed_ = true;
  position_ = bytes_.size();
}

std::string_view Cursor::padded_text(std::uint64_t size) {
  const auto bytes = take(size);
  const auto end = std::find(bytes.begin(), bytes.end(), std::byte{0});
  const auto length = static_cast<std::size_t>(end - bytes.begin());
  // char may alias any object, so this view of the bytes is well defined.
  return {static_cast<const char*>(static_cast<const void*>(bytes.data())), length};
}

}  // namespace simdprof
