#include "cmd/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace simdprof::cmd {
namespace {

using std::chrono::steady_clock;
constexpr std::chrono::milliseconds kFirstAfter{1000};
constexpr std::chrono::milliseconds kInterval{200};

}  // namespace

Progress::Progress(std::string_view what, std::uint64_t total)
    : what_(what),
      total_(total),
      shown_on_terminal_(::isatty(STDERR_FILENO) == 1),
      next_update_(steady_clock::now() + kFirstAfter) {}

void Progress::update() {
  const auto now = steady_clock::now();
  if (now < next_update_) return;
  next_update_ = now + kInterval;
  visible_ = true;
  const std::uint64_t percent = total_ == 0 ? 0 : std::min<std::uint64_t>(100, steps_ * 100 / total_);
  const std::string amount = total_ == 0 ? fmt::format("{} records", steps_) : fmt::format("{}%", percent);
  fmt::print(stderr, "\rsimdprof: {}: {}\x1b[K", what_, amount);
  std::fflush(stderr);
}

void Progress::done() {
  if (visible_) {
    fmt::print(stderr, "\r\x1b[K");
    std::fflush(stderr);
  }
  visible_ = false;
  shown_on_terminal_ = false;
}

}  // namespace simdprof::cmd
