#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "lib/base/units.h"
#include "lib/model/raw_record.h"
#include "lib/model/record_sink.h"

namespace simdprof {

/// One run of records of one stream (a chunk), before it is loaded.
struct RunInfo {
  StreamId stream = 0;
  StreamKind kind = StreamKind::metadata;
  std::uint64_t first_time_ns = kNoTime;  ///< smallest record time; kNoTime: the run comes first
};

/// Where one record of a run is and when it happened.
struct TimedRecord {
  std::uint64_t time_ns = kNoTime;
  std::uint32_t offset = 0;  ///< of its header in the run's bytes
  std::uint32_t number = 0;  ///< of the record in the run, by place
};

/// A run in memory. Records are decoded only when their turn comes, so that an open run takes little more than its
/// bytes.
struct LoadedRun {
  std::vector<std::byte> bytes;
  std::vector<TimedRecord> records;
};

/// Puts the records of one run into time order, equal times in their old order. A record without a time takes that of
/// the record before it (interrupts that nest can invert neighbours); the first ones take `first_time_ns`, or 0 when
/// the run has none.
void sort_by_time(std::vector<TimedRecord>& records, std::uint64_t first_time_ns);

/// Merges runs by time. A run is loaded when its first time is reached and released when it is used up, so that memory
/// is bounded by the runs that overlap. Records of one time come by kind of stream (own records, synthesized, rings),
/// then by stream, then by place: the order depends on the input alone.
class TimeOrder {
 public:
  /// Loads one run, sorted by sort_by_time. Runs are asked for in opening_order().
  using Loader = std::function<LoadedRun(std::size_t run)>;
  /// Takes back a run that is used up, so that its memory can be used again: at the call of next() after the one that
  /// gave its last record.
  using Release = std::function<void(std::size_t run, LoadedRun loaded)>;

  TimeOrder(std::span<const RunInfo> runs, Loader loader, Release release);
  TimeOrder(TimeOrder&&) noexcept;
  TimeOrder& operator=(TimeOrder&&) noexcept;
  ~TimeOrder();

  struct Item {
    std::size_t run = 0;               ///< index into the runs
    std::size_t number = 0;            ///< of the record in the run, by place
    std::size_t offset = 0;            ///< of the record's header in the run
    std::span<const std::byte> bytes;  ///< the run from the record's header on
  };
  /// The next record, or nullptr at the end. The item and its bytes hold until the next call.
  const Item* next();

  [[nodiscard]] const std::vector<std::size_t>& opening_order() const;
  [[nodiscard]] std::size_t open_bytes() const;  ///< of all runs that are loaded now

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace simdprof
