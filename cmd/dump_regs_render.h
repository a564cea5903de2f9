#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/aux_itrace.h"
#include "cmd/sample_source.h"
#include "cmd/text_out.h"
#include "decoders/lanes/register_diff.h"
#include "decoders/lanes/register_text.h"

namespace simdprof::cmd {

/// Which of the two register sets of a sample.
enum class SetKind : std::uint8_t { user, intr };
std::string_view set_name(SetKind kind);

/// What `--diff` compared.
struct DiffCounts {
  std::uint64_t compared = 0;   ///< samples with both sets
  std::uint64_t different = 0;  ///< of these: with a difference
  std::uint64_t one_sided = 0;  ///< samples with one set, none, or those of a guest
  std::uint64_t untrusted = 0;  ///< compared samples with registers that could not be compared
};

/// Which registers of a set have a line of text, and what each line begins with: the names of set and register. Sets
/// without vectors are alike from sample to sample, and a dump has twenty lines of each: theirs are chosen once.
class RegisterLines {
 public:
  struct Line {
    RegisterRef ref;
    ShortText head;
  };
  struct Chosen {
    std::vector<Line> lines;
    bool words = false;  ///< all are general registers that the set has
  };
  const Chosen& of(SetKind kind, const RegisterSet& set, const RegisterChoice& choice);

 private:
  struct Kept {
    bool valid = false;  ///< `chosen` holds for any set without vectors that says the same of these
    abi::Arch arch = abi::Arch::unknown;
    std::uint64_t abi = 0;
    std::uint64_t gpr_present = 0;
    Chosen chosen{};
  };
  const ShortText& head(SetKind kind, abi::Arch arch, RegisterRef ref);

  std::array<Kept, 2> kept_{};  ///< by set
  std::vector<RegisterRef> refs_{};
  std::array<std::array<std::vector<std::optional<ShortText>>, kRegisterClasses>, 2>
      heads_{};  ///< by set, class, number
};

/// What `dump-regs` shows of each sample.
struct RegisterReport {
  RegisterChoice choice;
  LaneType as = LaneType::hex;
  std::vector<SetKind> sets = {SetKind::user};
  unsigned lane_columns = 0;             ///< csv and tsv: lane cells of a row; 0 with hex
  std::vector<RegisterRef> registers{};  ///< scratch, kept so that no sample allocates
  RegisterLines lines{};                 ///< scratch of the text
  SetDifference difference{};            ///< scratch of --diff
  DiffCounts diff_counts{};
};

/// One sample with its registers.
struct RegisterSample {
  const SampleHit* hit = nullptr;
  const RegisterSets* sets = nullptr;
  abi::Arch arch = abi::Arch::unknown;
  SampleVerdict verdict{};             ///< what findings say of the values
  SampleSource* path_names = nullptr;  ///< with --path: names the addresses of `path`
  std::span<const AuxHit> path{};      ///< the branches that led to the sample, oldest first

  /// The set as it may be shown. The interrupt set's vectors of any hit outside of user mode are not the program's.
  [[nodiscard]] SetView view(SetKind kind) const;
  /// Guest hits have none: their register sections are the host's.
  [[nodiscard]] bool has_registers() const { return !hit->sample->guest(); }
};

/// Where the values of a set come from: "gpr+xstate", "none"; with ",untrusted", ",image-late", ",syscall-exit",
/// ",ip-differs" or ",image-missing" where that is so.
void append_set_source(TextBuffer& out, const RegisterSample& sample, SetKind kind);

/// A header line, one line a register, an empty line.
void render_registers_text(TextBuffer& out, const RegisterSample& sample, RegisterReport& report);
/// The same with what append_register_lines() wrote on another core; `sample` needs no sets.
void render_registers_around(TextOut& out, const RegisterSample& sample, const NotedText& lines);
/// From its mode and the sources of its sets, in the header line, to the last register. Where no finding and no image
/// says more of a sample, it alone decides them.
void append_register_lines(TextBuffer& out, const RegisterSample& sample, RegisterReport& report);
/// One JSON object and a newline.
void render_registers_json(TextBuffer& out, const RegisterSample& sample, RegisterReport& report);
/// One row a register. `separator` ',' writes CSV with CRLF line ends (RFC 4180), '\t' TSV with LF.
void render_registers_table(TextBuffer& out, const RegisterSample& sample, RegisterReport& report, char separator);
void render_table_header(TextBuffer& out, const RegisterReport& report, char separator);

// `--path`: lines, or a member with a comma before it.
void render_path_text(TextBuffer& out, std::span<const AuxHit> path, SampleSource& source);
void render_path_json(TextBuffer& out, std::span<const AuxHit> path);

// `--diff`: where the two sets differ. Nothing is written for a sample whose sets are equal, or that has but one.
/// A header line, one line a difference, an empty line.
void render_diff_text(TextBuffer& out, const RegisterSample& sample, RegisterReport& report);
/// One JSON object and a newline.
void render_diff_json(TextBuffer& out, const RegisterSample& sample, RegisterReport& report);
/// One row a difference.
void render_diff_table(TextBuffer& out, const RegisterSample& sample, RegisterReport& report, char separator);
void render_diff_table_header(TextBuffer& out, char separator);
/// "3 of 120 samples differ; ...", for the closing note.
std::string diff_summary(const DiffCounts& counts);

// Pieces that the two kinds of output share.
/// The header line up to the sources of the sets, without its line end.
void append_sample_header(TextBuffer& out, const RegisterSample& registers, const RegisterReport& report);
/// `{"comm":...,"mode":"user"`, without the closing brace.
void append_sample_members(TextBuffer& out, const RegisterSample& registers);
/// The cells that all rows of one sample share, each with its separator; kSampleColumns names them.
void append_sample_cells(TextBuffer& out, const RegisterSample& registers, char separator);
inline constexpr std::string_view kSampleColumns = "time,cpu,pid,tid,comm,event,ip,symbol,offset,dso,mode,";
void append_column_names(TextBuffer& out, std::string_view names, char separator);
void append_line_end(TextBuffer& out, char separator);

/// Widest vector register that samples of this recording can hold, in bits; for the columns of a table.
unsigned widest_vector_bits(const RecordingFacts& facts, const RegisterChoice& choice);

}  // namespace simdprof::cmd
