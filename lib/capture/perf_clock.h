#pragma once

#include <cstdint>
#include <optional>

#include "lib/base/fd.h"
#include "lib/base/result.h"
#include "lib/capture/control_page.h"
#include "lib/capture/ring.h"

namespace simdprof {

/// The clock of perf events that name none: the one that the time stamps of a trace (TSC, generic timer) can be
/// converted to. Read without a system call, from the control page of a dummy event.
class PerfClock {
 public:
  /// @return unsupported when this machine's ticks are not tied to the clock (an unstable TSC)
  static Result<PerfClock> open();

  [[nodiscard]] std::uint64_t now_ns() const;
  [[nodiscard]] abi::TimeConversion conversion() const { return ring_.control().load_time_conversion(); }

 private:
  PerfClock(UniqueFd fd, Ring ring) : fd_(std::move(fd)), ring_(std::move(ring)) {}
  UniqueFd fd_;
  Ring ring_;
};

}  // namespace simdprof
