#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace simdprof {

/// Keeps one copy of every text given to it, so that equal text has equal data pointers and lives as long as the pool.
class InternedText {
 public:
  std::string_view intern(std::string_view text);

 private:
  std::string_view store(std::string_view text);

  std::unordered_set<std::string_view> known_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t block_left_ = 0;  ///< unused bytes at the end of the last block
  char* next_ = nullptr;
};

}  // namespace simdprof
