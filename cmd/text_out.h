#pragma once

#include <fmt/format.h>

#include <sys/uio.h>

#include <cstddef>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

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
    flush_if_full();
  }
  template <class... Args>
  void print(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(buffer_), format, std::forward<Args>(args)...);
    flush_if_full();
  }
  /// The buffer itself, for formatters that append many small pieces; call flush_if_full() after each line.
  fmt::memory_buffer& buffer() { return buffer_; }
  /// Text that comes next. A long one is written from where it stands, which `owner` keeps until then: to copy it is
  /// half of what a reader does for it.
  /// @param owner  nullptr: nothing keeps it, and it is copied
  void append(std::string_view text, const std::shared_ptr<const void>* owner);
  void flush_if_full() {
    if (buffer_.size() + referred_bytes_ >= kFlushBytes) flush();
  }
  /// Whether everything was written. The error line is printed here.
  [[nodiscard]] bool finish();

 private:
  static constexpr std::size_t kFlushBytes = std::size_t{64} << 10U;
  static constexpr std::size_t kWorthReferring = 128;
  struct Reference {
    std::size_t at = 0;  ///< place in the buffer that it stands before
    std::string_view text;
  };
  void flush();
  void make_pieces();

  int fd_;
  int error_ = 0;
  bool reported_ = false;
  fmt::memory_buffer buffer_;
  std::vector<Reference> references_;
  std::size_t referred_bytes_ = 0;
  std::vector<std::shared_ptr<const void>> owners_;  ///< of the references
  std::vector<iovec> pieces_;                        ///< what is written
};

}  // namespace simdprof::cmd
