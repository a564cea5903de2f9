#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace simdprof::cmd {

/// One line on a terminal's stderr when work takes over a second, gone when it is done. Shows nothing elsewhere.
class Progress {
 public:
  /// @param what   "reading simdprof.data"
  /// @param total  steps of the whole work; 0: unknown, no percentage is shown
  Progress(std::string_view what, std::uint64_t total);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() { done(); }

  void step() {
    if ((++steps_ & kMask) == 0 && shown_on_terminal_) update();
  }
  /// Takes the line away.
  void done();

 private:
  static constexpr std::uint64_t kMask = 4095;  // the clock is read once in so many steps
  void update();

  std::string what_;
  std::uint64_t total_;
  std::uint64_t steps_ = 0;
  bool shown_on_terminal_;
  bool visible_ = false;
  std::chrono::steady_clock::time_point next_update_;
};

}  // namespace simdprof::cmd
