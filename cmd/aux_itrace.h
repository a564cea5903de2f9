#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "cmd/aux_reading.h"
#include "lib/base/result.h"
#include "lib/model/event.h"
#include "lib/model/sample.h"

namespace simdprof::cmd {

/// What `--itrace` asks to make of a trace.
struct ItraceOptions {
  enum class Unit : std::uint8_t { instructions, nanoseconds };

  bool instructions = false;  ///< i
  Unit unit = Unit::nanoseconds;
  std::uint64_t period = 100'000;  ///< of one instruction sample, in `unit`; perf's default
  bool branches = false;           ///< b
  bool calls = false;              ///< c: of the branches, calls
  bool returns = false;            ///< r: of the branches, returns
  bool memory = false;             ///< M
  bool ptwrites = false;           ///< w
  bool power = false;              ///< p: power events, core:bus ratios and PSB packets
  bool errors = false;             ///< e: tell each one
  bool call_depth = false;         ///< for script's field callindent: CallDepth is kept

  [[nodiscard]] bool any_branches() const { return branches || calls || returns; }
};

/// "i100us", "b", "cr", "i1000ibe": the letters of perf's --itrace that are known here.
/// @return usage for any other
Result<ItraceOptions> parse_itrace(std::string_view text);

/// One sample that is made of a trace, or an error; as bytes it is an entry of a batch, an error's text behind it.
struct AuxHit {
  enum class Kind : std::uint8_t { instruction, branch, memory, error, rest, mark };

  AuxPlace place;
  VirtAddr ip = 0;
  VirtAddr addr = 0;
  std::uint64_t period = 0;              ///< events that it stands for
  std::uint32_t flags = 0;               ///< AuxBranchFlag
  std::uint64_t cycles = 0;              ///< since the last hit of its kind that has some; 0: not known
  std::uint64_t cycle_instructions = 0;  ///< that ran in these cycles; 0: not known
  Kind kind = Kind::branch;  ///< rest: instructions behind the last sample of a batch, to be added to the next sample
  AuxMarkFacts mark;         ///< with kind mark
};

/// Makes hits of what decoders find.
class AuxHitCollector : public AuxCollector {
 public:
  explicit AuxHitCollector(const ItraceOptions& options) : options_(options) {}

  void on_branch(const AuxBranch& branch) override;
  void on_instruction(const AuxInstruction& instruction) override;
  void on_memory(const AuxMemory& memory) override;
  void on_mark(const AuxMark& mark) override;
  void on_error(const AuxError& error) override;
  void end() override;

 private:
  void append(const AuxHit& hit);
  void add(const AuxHit& hit);
  bool due(const AuxPlace& place);

  const ItraceOptions& options_;
  AuxPlace last_;
  std::uint64_t instructions_ = 0;  ///< since the last sample
  std::uint64_t cycles_ = 0;        ///< since the last sample that has some
  std::uint64_t cycle_instructions_ = 0;
  std::uint64_t next_ns_ = 0;
};

/// The hit of an entry, and the text of an error.
AuxHit hit_of(std::string_view bytes, std::string_view& text);

/// Whether an event's samples are made of a trace.
bool is_made(const EventDesc& event);
/// Whether these are hits of kind mark.
bool is_mark(const EventDesc& event);

/// Adds the events that hits are samples of behind those of a recording.
class ItraceEvents {
 public:
  ItraceEvents(const ItraceOptions& options, EventTable& table);
  /// The hit as a sample; false for what is none.
  bool make_sample(const AuxHit& hit, std::uint64_t time_ns, Sample& sample);

 private:
  struct Area {
    std::uint32_t index = 0;
    std::int32_t cpu = -1;
    std::uint64_t rest = 0;              ///< instructions
    std::optional<std::uint64_t> ratio;  ///< core:bus, the last that was told
  };
  static constexpr std::size_t kMarks = 7;
  Area& area_of(const AuxPlace& place);
  bool tells_change(const AuxHit& hit);

  std::uint32_t instructions_ = 0, branches_ = 0, memory_ = 0;  ///< numbers of the events
  std::array<std::uint32_t, kMarks> marks_{};                   ///< by AuxMarkFacts::Kind
  std::vector<Area> areas_;
};

}  // namespace simdprof::cmd
