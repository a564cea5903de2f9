#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/model/ledger.h"
#include "lib/model/location.h"
#include "lib/model/register_set.h"
#include "lib/model/sample.h"
#include "lib/report/aux_quality.h"
#include "lib/report/finding_tally.h"

namespace simdprof {

/// One register source that the recorder tried.
struct SourceQuality {
  SourceKind kind = SourceKind::gpr;
  std::int32_t error_number = 0;  ///< 0: it was taken
  std::string explanation;
};

/// What was asked of one event and what came.
struct EventQuality {
  std::string name;
  bool frequency = false;  ///< `asked` is samples per second, else events per sample
  std::uint64_t asked = 0;
  std::uint64_t samples = 0;
  bool vectors = false;    ///< its samples should carry vector registers
  bool side_band = false;  ///< a dummy event, opened for the records beside samples: it is not shown
};

/// How far a recording can be trusted: what every report opens with. It does not name its input: a recording reads the
/// same from a file and from a pipe.
struct Quality {
  std::string command;                       ///< empty: not recorded
  std::optional<std::int32_t> wait_status;   ///< of the command; empty: not recorded, or there was none
  std::optional<std::uint64_t> duration_ns;  ///< of the recording; empty: not recorded
  bool recorder_tells_end = true;            ///< such a recorder writes its end: without one it did not come to it
  std::optional<std::uint64_t> span_ns;      ///< from the first to the last sample
  std::optional<std::uint64_t> cpu_time_ns;  ///< of the target, when the recorder told it
  std::vector<SourceQuality> sources;        ///< in the order they were tried
  std::vector<EventQuality> events;

  std::uint64_t samples = 0;
  std::uint64_t user = 0, kernel = 0, hypervisor = 0, guest = 0, unknown_mode = 0;
  std::uint64_t vectors_expected = 0;   ///< samples that should have vector registers: of user or kernel hits
  std::uint64_t with_vectors = 0;       ///< of these: samples that have them
  std::uint64_t untrusted_vectors = 0;  ///< of these: registers of another moment (late, or at another ip)
  std::uint64_t images_missing = 0;     ///< samples without the register image that the source should have made
  std::uint64_t throttled = 0;          ///< times the kernel throttled an event
  std::uint64_t paused_ns = 0;          ///< that the recorder did not sample, to let the target get on
  std::map<Unresolved, std::uint64_t> unresolved;  ///< samples whose address has no symbol, by reason
  FindingTally findings;
  AuxQuality aux;
  Ledger ledger;

  /// @param sets  register sets of the sample; empty ones for an event that carries no vector registers
  void count(const Sample& sample, const RegisterSets& sets);
  /// Whether any event carries vector registers.
  [[nodiscard]] bool vectors_asked() const;
};

/// Samples per second that `event` came to, and what the seconds are of.
struct ReachedRate {
  double samples_per_second = 0;
  bool of_cpu_time = false;  ///< else of wall time
};
/// Empty when the recording has no duration.
std::optional<ReachedRate> reached_rate(const Quality& quality, const EventQuality& event);

/// Share of the samples that are missing or lack the registers they should have, in percent.
double loss_percent(const Quality& quality);
/// Whether something is missing of which nobody knows how many samples it held: a damaged chunk, a cut file, a full
/// disk, an undecodable record.
bool loss_unknown(const Quality& quality);

/// The header as (label, text) lines; `verbose` adds the place of the first skipped record of each kind.
std::vector<std::pair<std::string, std::string>> quality_lines(const Quality& quality, bool verbose);

}  // namespace simdprof
