#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <iterator>
#include <string_view>
#include <utility>

namespace simdprof::cmd {

/// Buffered data output (stdout). A closed pipe ends the program quietly with status 0, as `| head` expects; any other
/// write error is reported once by finish().
class TextOut {
 public:
  explicit TextOut(int fd = 1) : fd_(fd) {}
  TextOut(const TextOut&) = delete;
  TextOut& operator=(const TextOut&) = delete;
  ~TextOut() { (void)finish(); }

  void write(std::string_view text) {
    buffer_.append(text.data(), text.data() + text.size());
    if (buffer_.size() >= kFlushBytes) flush();
  }
  template <class... Args>
  void print(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(buffer_), format, std::forward<Args>(args)...);
    if (buffer_.size() >= kFlushBytes) flush();
  }
  /// The buffer itself, for formatters that append many small pieces; call flush_if_full() after each line.
  fmt::memory_buffer& buffer() { return buffer_; }
  void flush_if_full() {
    if (buffer_.size() >= kFlushBytes) flush();
  }
  /// Whether everything was written. The error line is printed here.
  [[nodiscard]] bool finish();

 private:
  static constexpr std::size_t kFlushBytes = std::size_t{64} << 10U;
  void flush();

  int fd_;
  int error_ = 0;
  bool reported_ = false;
  fmt::memory_buffer buffer_;
};

}  // namespace simdprof::cmd
