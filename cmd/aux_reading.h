#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "cmd/aux_slices.h"
#include "cmd/aux_workers.h"
#include "decoders/aux/aux_decoder.h"
#include "lib/model/aux_trace.h"

namespace simdprof::cmd {

/// What was made of one segment: entries in the order of the trace, each a time and some bytes (a line of text, or a
/// struct).
struct AuxBatch {
  struct Entry {
    std::uint64_t time_ns = AuxPlace::kNoAuxTime;
    std::size_t end = 0;  ///< of its bytes in `bytes`; they begin where those of the entry before end
  };
  std::vector<Entry> entries;
  fmt::memory_buffer bytes = fmt::memory_buffer();
  std::uint64_t errors = 0;

  /// What was appended to `bytes` since the last entry is one.
  void end_entry(std::uint64_t time_ns) { entries.push_back({time_ns, bytes.size()}); }
};

/// Gives each entry the time it is sorted by: its own; without one, that of the entry before it, and at the front that
/// of the first that has one. Never less than what came before.
/// @param last_ns   time of the entry before the batch
/// @param slice_ns  taken when no entry has a time; 0: unknown
void settle_times(AuxBatch& batch, std::uint64_t last_ns, std::uint64_t slice_ns);

/// A sink that keeps what it takes. One is made for each segment, and used by one thread.
class AuxCollector : public AuxSink {
 public:
  /// Nothing more comes.
  virtual void end() {}
  AuxBatch batch;
};

/// How the areas of a recording follow each other.
enum class AuxOrder : std::uint8_t {
  by_time,  ///< merged, as samples are
  by_area,  ///< one after the other
};

/// Decodes AUX bytes on all cores and gives the results in an order that depends on the recording alone. What is
/// decoded ahead is bounded by the number of cores and of areas.
class AuxReading {
 public:
  using MakeCollector = std::function<std::unique_ptr<AuxCollector>()>;

  /// @param decoder  and what `readers` read from must outlive this
  /// @param make     called from several threads
  AuxReading(std::vector<std::unique_ptr<AuxSliceReader>> readers, const AuxDecoder& decoder, MakeCollector make,
             AuxOrder order);
  ~AuxReading();
  AuxReading(const AuxReading&) = delete;
  AuxReading& operator=(const AuxReading&) = delete;

  struct Item {
    std::uint64_t time_ns = 0;  ///< see settle_times
    std::string_view bytes;     ///< until the next call
  };
  std::optional<Item> next();
  /// Errors in what was given so far.
  [[nodiscard]] std::uint64_t errors() const { return errors_; }

 private:
  struct Job {
    std::future<std::unique_ptr<AuxCollector>> result;
    std::uint64_t slice_ns = 0;
  };
  struct Area {
    std::unique_ptr<AuxSliceReader> reader;
    std::shared_ptr<const AuxWindow> window;
    std::size_t segment = 0;  ///< next of the window
    std::deque<Job> jobs;     ///< in order
    std::unique_ptr<AuxCollector> current;
    std::size_t entry = 0;  ///< next of current
    std::uint64_t last_ns = 0;
    bool ended = false;
  };

  void start_jobs(Area& area);
  bool advance(Area& area);
  Area* pick();

  const AuxDecoder& decoder_;
  MakeCollector make_;
  AuxOrder order_;
  std::size_t ahead_;  ///< segments of one area
  std::vector<Area> areas_;
  std::size_t first_ = 0;          ///< areas before it are at their end (by_area)
  std::vector<std::size_t> heap_;  ///< areas with an entry, by its time (by_time)
  bool started_ = false;
  std::uint64_t errors_ = 0;
  AuxWorkers pool_;  ///< last: its threads use what stands above, and end first
};

}  // namespace simdprof::cmd
