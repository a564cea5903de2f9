#include "lib/perfdata/file_window.h"

#include <algorithm>

namespace simdprof::perfdata {

Result<std::span<const std::byte>> FileWindow::refill(std::uint64_t offset, std::size_t size) {
  const std::uint64_t left = offset < end_ ? end_ - offset : 0;
  bytes_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(left, std::max(size, kStepBytes))));
  start_ = offset;
  const auto got = file_.read_at(offset, bytes_);
  if (!got) {
    bytes_.clear();
    return fail(got.error());
  }
  bytes_.resize(*got);
  return inside(offset, std::min(size, bytes_.size()));
}

}  // namespace simdprof::perfdata
