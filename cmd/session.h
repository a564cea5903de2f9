#pragma once

#include <bit>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cmd/run_notes.h"
#include "lib/abi/clock_reference.h"
#include "lib/abi/registers.h"
#include "lib/abi/xsave.h"
#include "lib/base/result.h"
#include "lib/model/event.h"
#include "lib/model/ledger.h"
#include "lib/model/raw_record.h"
#include "lib/model/record.h"
#include "lib/model/record_input.h"

namespace simdprof::cmd {

/// What the metadata of a recording says, read before any sample.
struct RecordingFacts {
  EventTable events;
  std::map<std::string, std::string> host;  ///< "hostname", "release", "arch", "cmdline", ...
  abi::Arch arch = abi::Arch::unknown;
  std::optional<abi::XsaveTable> xsave;
  struct SourceAttempt {
    SourceKind kind = SourceKind::gpr;
    std::int32_t error_number = 0;
    std::string explanation;
  };
  struct Tracepoint {
    std::string system;
    std::string format;    ///< the text of its file in tracefs
    std::uint64_t id = 0;  ///< attr.config of its events
  };
  std::vector<Tracepoint> tracepoints;
  /// Those that events are of, one of each.
  [[nodiscard]] std::vector<const Tracepoint*> tracepoints_of_events() const;
  std::string kernel_texts;            ///< lines of printk_formats in tracefs
  std::vector<SourceAttempt> sources;  ///< in the order they were tried; the one with error_number 0 was taken
  std::map<std::string, std::string> build_ids;            ///< path -> lower-case hex
  std::optional<std::uint64_t> start_ns, end_ns;           ///< of the recording; absent: no record tells them
  std::optional<std::int32_t> wait_status;                 ///< of the child
  [[nodiscard]] std::optional<SourceKind> source() const;  ///< the one that was taken
  /// What turns its times into times of day; nothing where that was not recorded.
  [[nodiscard]] std::optional<abi::ClockReference> clock_reference() const;
  /// Of a C long and a pointer of the recorded kernel.
  [[nodiscard]] unsigned long_bytes() const;
  /// Whether it tells what the raw bytes of the event's samples mean, a tracepoint's.
  [[nodiscard]] bool has_format(const abi::EventAttr& attr) const;
  /// simdprof made the recording, which writes when it began and ended; perf does not.
  [[nodiscard]] bool recorder_tells_end() const { return host.contains("simdprof"); }
};

/// The byte order of the recorded machine.
std::endian recorded_order(const RecordInput& input);

/// Whether AUX bytes are given, or left in the file: few need them and they can be most of it.
enum class AuxBytes : std::uint8_t { left_out, given };

/// A recording, opened for reading: metadata first, then all other records in time order.
class Session {
 public:
  /// @param on_head  see open_input
  static Result<Session> open(const std::string& path, AuxBytes aux = AuxBytes::left_out,
                              const OnInputHead& on_head = {});
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  ~Session();

  [[nodiscard]] const RecordingFacts& facts() const;
  /// The next record in time order (own records before the kernel's at the same time), or nullptr at the end. It and
  /// its views hold until the next call. Undecodable records are skipped and counted in ledger(); LOST, LOST_SAMPLES
  /// and LOSS records are given and counted too.
  const Record* next();
  /// Starts again at the first record, with the ledger as it was then.
  void rewind();
  /// The bytes of the record that next() gave; they hold as long as it does.
  [[nodiscard]] RawRecord raw() const;
  [[nodiscard]] Ledger& ledger();
  [[nodiscard]] const RecordInput& input() const;

  /// Notes that know no run yet. The threads that load runs fill them: what a verb can make of records without knowing
  /// what came before them, it makes on all cores.
  using MakeNotes = std::function<std::unique_ptr<RunNotes>()>;
  /// Before the first next(). `make` is called until the session ends, and what it makes may live as long: they must
  /// own what they use.
  void note_runs(MakeNotes make);
  /// What was made of the run of the record that next() gave; nullptr: nothing, its records were not decoded ahead.
  [[nodiscard]] RunNotes* notes() const;
  /// Place of that record in its run.
  [[nodiscard]] std::size_t number() const;

 private:
  struct State;
  explicit Session(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace simdprof::cmd
