#pragma once

#include <map>
#include <string>

#include "cmd/export_events.h"
#include "cmd/session.h"

namespace simdprof::cmd {

/// What an export did, for its closing line.
struct ExportTotals {
  std::uint64_t samples = 0;
  std::uint64_t first_time_ns = kNoTime, last_time_ns = kNoTime;  ///< of the samples
  std::uint64_t deferred_chains = 0;  ///< samples whose user call chain comes in a later record
  std::uint64_t branch_counters = 0;  ///< samples whose branch entries had counters
  std::uint64_t too_large_for_xmm = 0;
  std::uint64_t cut_stacks = 0;                   ///< samples whose stack copy lost its far end, for lack of room
  std::map<std::string, std::uint64_t> left_out;  ///< records, by name
};

/// Writes the records of a recording, one after another, as perf's format has them.
class RecordExporter {
 public:
  RecordExporter(perfdata::Writer& writer, const EventTable& table, SampleLowering& lowering, ExportEvents& events,
                 bool strip_registers);

  /// @param raw  the same record, undecoded
  /// @return what the writer says: a record that cannot be written is left out and counted
  Status write(const Record& record, const RawRecord& raw);
  [[nodiscard]] const ExportTotals& totals() const { return totals_; }

 private:
  RegisterMasks make_room(const Sample& sample, const RawRecord& raw, perfdata::SampleChange& change,
                          const RegisterMasks& masks);
  Status write_sample(const Sample& sample, const RawRecord& raw);
  Status write_other(const Record& record, const RawRecord& raw);
  void leave_out(const RawRecord& raw, const char* why = nullptr);

  perfdata::Writer* writer_;
  const EventTable* table_;
  SampleLowering* lowering_;
  ExportEvents* events_;
  bool strip_registers_;
  bool timed_since_round_ = false;  ///< readers hold timed records back, to order them, but not others
  perfdata::OrderedBytes payload_;
  ExportTotals totals_;
};

}  // namespace simdprof::cmd
