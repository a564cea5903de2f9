#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

#include "lib/base/units.h"
#include "lib/model/own_record.h"

namespace simdprof {

/// Stops for samples on their way from the thread that traces to the one that writes. Nobody is woken: a wakeup costs
/// the target as much as all that it would save.
class ImageQueue {
 public:
  struct Stop {
    RegisterImage image;    ///< tid, time_ns and what the reader knows; its data is in `data`
    bool readable = false;  ///< else only tid and time_ns
    std::uint64_t general_hash = 0;
    std::vector<std::byte> data;  ///< keeps its memory from stop to stop
  };

  /// @param image         its data is copied
  /// @param general_hash  see hash_general_registers()
  /// @return whether there was room: a second of a usual recording, or a few megabytes
  bool push(const RegisterImage& image, bool readable, std::uint64_t general_hash);
  /// All that has come since the last call, oldest first. Holds until the next call.
  std::span<const Stop> take();

 private:
  struct Batch {
    std::vector<Stop> stops;  ///< `used` of them, then spare ones
    std::size_t used = 0;
  };

  std::mutex mutex_;  ///< of `coming_`
  Batch coming_;
  Batch taken_;
};

}  // namespace simdprof
