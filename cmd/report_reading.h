#pragma once

#include <cstdint>
#include <future>
#include <optional>
#include <span>
#include <vector>

#include "cmd/place_cache.h"
#include "cmd/report_options.h"
#include "cmd/sample_notes.h"
#include "cmd/session.h"
#include "cmd/time_window.h"
#include "decoders/registers/register_stage.h"
#include "lib/report/profile.h"
#include "lib/report/quality.h"
#include "lib/symbols/address_spaces.h"
#include "lib/symbols/call_chain.h"
#include "lib/symbols/resolver.h"

namespace simdprof::cmd {

/// Takes the records of a recording in time order and adds its samples up.
class ReportReading {
 public:
  /// @return usage when a filter does not parse
  static Result<ReportReading> make(const ReportOptions& options, const RecordingFacts& facts,
                                    const std::optional<TimeWindow>& recorded);
  ReportReading(ReportReading&&) noexcept;
  ReportReading& operator=(ReportReading&&) noexcept;
  ~ReportReading();

  /// Kernel addresses are likely: see Resolver::prefetch_kernel.
  void prefetch_kernel(KernelListingAhead begun);
  /// What the session is to make of each run, for the groups of observe(); empty when options need every sample by
  /// itself. Holds longer than the reading.
  [[nodiscard]] Session::MakeNotes notes() const;
  /// @param group  of the record in its run, or nullptr
  /// @return malformed for a register image that contradicts the recording's layout; it is then not used
  Status observe(const Record& record, SampleGroups::Group* group = nullptr);
  /// No more records: takes over what was lost while reading.
  void finish(const Ledger& ledger, AuxQuality aux);

  [[nodiscard]] const Profile& profile() const;
  /// With the findings; they are listed one by one only with ReportOptions::findings.
  [[nodiscard]] const Quality& quality() const;
  /// One section an event, but for dummy events.
  [[nodiscard]] std::vector<Section> sections() const;
  /// Whether any event recorded what call chains are made of.
  [[nodiscard]] bool has_chains() const;
  [[nodiscard]] std::vector<Resolver::Problem> symbol_problems() const;

 private:
  struct State;
  explicit ReportReading(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace simdprof::cmd
