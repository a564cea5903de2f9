#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/aux_itrace.h"
#include "cmd/chain_memo.h"
#include "cmd/sample_filter.h"
#include "cmd/sample_notes.h"
#include "cmd/sample_verdicts.h"
#include "cmd/session.h"
#include "lib/model/location.h"
#include "lib/model/register_set.h"
#include "lib/symbols/call_chain.h"
#include "lib/symbols/resolver.h"

namespace simdprof::cmd {

/// Where samples come from and which of them are wanted: what `dump-regs` and `script` have in common.
struct SampleOptions {
  std::string input = "simdprof.data";
  SampleFilterOptions filter;
  std::uint64_t limit = 0;  ///< samples; 0: all
  std::string symfs;
  std::vector<std::string> debug_dirs;
  bool demangle = true;
  std::optional<ItraceOptions> itrace;  ///< also samples that are made of the trace
};

/// What a verb needs beside the samples themselves; what nobody needs is not computed.
struct SampleNeeds {
  bool comm = true;        ///< name of the sample's thread
  bool place = false;      ///< dso, symbol and offset of the sample's ip
  bool lines = false;      ///< and its source lines
  bool registers = false;  ///< register sets
  bool verdicts = false;   ///< and what findings say of them; needs registers
};

struct GroupMetric;

/// One sample with what is known about it. Holds until the next call of SampleSource::next().
struct SampleHit {
  const Sample* sample = nullptr;
  const EventDesc* event = nullptr;  ///< never nullptr in what next() gives
  std::string_view comm;
  NotedText text;                                     ///< what SampleSource::prepare_texts made of it
  const AuxHit* made = nullptr;                       ///< what it was made of, by --itrace; nullptr: it was recorded
  std::uint32_t call_depth = 0;                       ///< of one that was made of a branch
  const std::vector<GroupMetric>* metrics = nullptr;  ///< of the last of a group that `script` took apart
  Location place;
};

/// The samples of a recording that pass the filter, in time order.
class SampleSource {
 public:
  static Result<SampleSource> open(const SampleOptions& options, const SampleNeeds& needs);
  SampleSource(SampleSource&&) noexcept;
  SampleSource& operator=(SampleSource&&) noexcept;
  ~SampleSource();

  [[nodiscard]] const RecordingFacts& facts() const;
  /// The recording, for a verb that reads all of it first: it must be at its first record again when next() is called.
  [[nodiscard]] Session& session();
  /// Text that is made of each sample alone, on all cores where that can be. Before the first next().
  void prepare_texts(WantedNotes::MakeWriter writer);
  /// By event: whether the verb shows the call chain in place of the sample's own place, which is then not looked up,
  /// and the chains are compared on all cores. Before the first next().
  void show_chains(std::vector<bool> events);
  /// The next sample, or nullptr at the end (or limit).
  const SampleHit* next();
  /// Both register sets of the sample that next() gave; only with SampleNeeds::registers.
  [[nodiscard]] const RegisterSets& registers();
  /// What findings say of them; only with SampleNeeds::verdicts.
  [[nodiscard]] const SampleVerdict& verdict() const;
  /// Findings of level error so far, of all samples; only with SampleNeeds::verdicts.
  [[nodiscard]] std::uint64_t finding_errors() const;
  /// Of that sample's call chain: what the verb has made of it when it came before, or where to keep what it makes.
  /// An empty text is one that was not worth keeping.
  using ChainTexts = ChainMemo<std::string, 13>;
  [[nodiscard]] ChainTexts::Found chain_text();
  /// Its call chain, innermost first.
  [[nodiscard]] const std::vector<CallFrame>& call_chain();
  /// A place in the address space of that sample's process. Holds until the next call.
  [[nodiscard]] const Location& locate(VirtAddr address, CpuMode mode, bool lines);
  /// The code that that sample hit, as the file mapped there has it: at most as much as an instruction can take.
  [[nodiscard]] Resolver::Code code();
  /// Code of that sample's process at any address: at most `most` bytes.
  [[nodiscard]] Resolver::Code code_at(VirtAddr address, CpuMode mode, std::size_t most);
  /// The mapping of that sample's process that covers `address`, or nullptr.
  [[nodiscard]] const Mapping* mapping(VirtAddr address, CpuMode mode) const;
  /// Files that could not give symbols so far.
  [[nodiscard]] std::vector<Resolver::Problem> symbol_problems() const;
  /// What was lost or left out so far, for the closing lines.
  [[nodiscard]] const Ledger& ledger() const;

 private:
  struct State;
  explicit SampleSource(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Whether kernel addresses are likely enough to start reading the kernel's symbols before one was seen.
bool has_kernel_hits(const Session& session);

/// First and last time of the records of the rings; empty when none has a time.
std::optional<TimeWindow> recorded_time(const RecordInput& input);

}  // namespace simdprof::cmd
