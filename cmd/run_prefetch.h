#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "cmd/run_notes.h"
#include "decoders/record/time_order.h"
#include "lib/model/record.h"

namespace simdprof::cmd {

/// One chunk, loaded, in time order, and decoded as far as that is sensible.
struct RunLoad {
  LoadedRun run;
  /// The records of the run decoded, by their number, with views into run.bytes; one that does not decode has type 0.
  /// Nothing at all when the records are so small that their decoded form would take many times their bytes.
  std::vector<Record> decoded;
  std::unique_ptr<RunNotes> notes;  ///< see Session::note_runs
  bool damaged = false;             ///< checksum or framing is wrong; `run` holds the records before the damage
};

/// Loads runs ahead on all cores, in the order in which they will be asked for. What is ahead is bounded: twice as many
/// runs as there are workers.
class RunPrefetch {
 public:
  using Load = std::function<RunLoad(std::size_t run)>;

  /// @param order  the runs in the order of the calls of take()
  /// @param load   called from several threads
  RunPrefetch(std::vector<std::size_t> order, Load load);
  RunPrefetch(const RunPrefetch&) = delete;
  RunPrefetch& operator=(const RunPrefetch&) = delete;
  ~RunPrefetch();

  /// The next run of `order`; waits for it. Must not be called more often than `order` has runs.
  RunLoad take();

 private:
  void work();

  std::vector<std::size_t> order_;
  Load load_;
  std::mutex mutex_;
  std::condition_variable room_;               ///< a slot became free, or the end
  std::condition_variable loaded_;             ///< a slot was filled
  std::vector<std::optional<RunLoad>> slots_;  ///< run order_[i] goes through slot i % size
  std::size_t next_started_ = 0;
  std::size_t next_taken_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace simdprof::cmd
