#include "lib/symbols/interned_text.h"

#include <algorithm>

namespace simdprof {
namespace {
constexpr std::size_t kBlockBytes = std::size_t{64} << 10U;
}  // namespace

std::string_view InternedText::store(std::string_view text) {
  if (text.size() > block_left_) {
    const std::size_t bytes = std::max(kBlockBytes, text.size());
    blocks_.push_back(std::make_unique<char[]>(bytes));
    next_ = blocks_.back().get();
    block_left_ = bytes;
  }
  std::copy(text.begin(), text.end(), next_);
  const std::string_view stored{next_, text.size()};
  next_ += text.size();
  block_left_ -= text.size();
  return stored;
}

std::string_view InternedText::intern(std::string_view text) {
  if (text.empty()) return {};
  const auto found = known_.find(text);
  if (found != known_.end()) return *found;
  const std::string_view stored = store(text);
  known_.insert(stored);
  return stored;
}

}  // namespace simdprof
