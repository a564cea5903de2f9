#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "lib/base/units.h"

namespace simdprof {

/// What /proc/TID/status says of a thread.
struct ThreadStatus {
  char state = '?';                   ///< R running, S sleeping, D in the kernel, T stopped, t traced, Z ended
  Pid parent = 0;                     ///< PPid
  Pid tracer = 0;                     ///< TracerPid; 0: nobody
  std::uint64_t switches = 0;         ///< voluntary and forced: the same number means that it has not run
  std::uint64_t pending = 0;          ///< SigPnd: its own queue; bit N-1 is signal N
  std::uint64_t pending_process = 0;  ///< ShdPnd
  std::uint64_t blocked = 0, ignored = 0, caught = 0;  ///< SigBlk, SigIgn, SigCgt

  [[nodiscard]] static constexpr std::uint64_t bit(int signal) {
    return std::uint64_t{1} << static_cast<unsigned>(signal - 1);
  }
};

/// @return empty when the thread is gone
std::optional<ThreadStatus> load_thread_status(Tid tid);
/// The same from the file's text.
ThreadStatus parse_thread_status(std::string_view text);

}  // namespace simdprof
