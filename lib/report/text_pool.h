#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace simdprof {

/// Number of a text in a TextPool. 0 is the empty text.
using TextId = std::uint32_t;

/// Keeps each distinct text once, so that keys of a profile are numbers.
class TextPool {
 public:
  TextPool() { (void)intern({}); }

  TextId intern(std::string_view text);
  [[nodiscard]] std::string_view text(TextId id) const { return texts_[id]; }

 private:
  std::deque<std::string> texts_;  // a deque does not move what stands in it
  std::unordered_map<std::string_view, TextId> ids_;
};

}  // namespace simdprof
