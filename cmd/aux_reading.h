#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/aux_error_filter.h"
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
    std::size_t end = 0;         ///< of its bytes in `bytes`; they begin where those of the entry before end
    std::int32_t error = kNone;  ///< of an error: kAnyError, or which of `missing_files` is its cause
  };
  static constexpr std::int32_t kNone = -2;
  static constexpr std::int32_t kAnyError = -1;
  std::vector<Entry> entries;
  fmt::memory_buffer bytes = fmt::memory_buffer();
  std::vector<std::string> missing_files;

  /// What was appended to `bytes` since the last entry is one.
  void end_entry(std::uint64_t time_ns) { entries.push_back({time_ns, bytes.size(), kNone}); }
  /// The same, of an error.
  void end_error(const AuxError& error);
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
  /// @param filter   errors that it does not tell are left out
  AuxReading(std::vector<std::unique_ptr<AuxSliceReader>> readers, const AuxDecoder& decoder, MakeCollector make,
             AuxOrder order, AuxErrorFilter filter);
  ~AuxReading();
  AuxReading(const AuxReading&) = delete;
  AuxReading& operator=(const AuxReading&) = delete;

  struct Item {
    std::uint64_t time_ns = 0;  ///< see settle_times
    std::string_view bytes;     ///< until the next call
  };
  std::optional<Item> next();
  /// Errors in what was given so far, and those that were left out.
  [[nodiscard]] const AuxErrorFilter& error_filter() const { return filter_; }

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
  AuxErrorFilter filter_;
  AuxWorkers pool_;  ///< last: its threads use what stands above, and end first
};

}  // namespace simdprof::cmd
