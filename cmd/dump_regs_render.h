#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "cmd/sample_source.h"
#include "decoders/lanes/register_text.h"

namespace simdprof::cmd {

/// Which of the two register sets of a sample.
enum class SetKind : std::uint8_t { user, intr };
std::string_view set_name(SetKind kind);

/// What `dump-regs` shows of each sample.
struct RegisterReport {
  RegisterChoice choice;
  LaneType as = LaneType::hex;
  std::vector<SetKind> sets = {SetKind::user};
  unsigned lane_columns = 0;             ///< csv and tsv: lane cells of a row; 0 with hex
  std::vector<RegisterRef> registers{};  ///< scratch, kept so that no sample allocates
};

/// One sample with its registers.
struct RegisterSample {
  const SampleHit* hit = nullptr;
  const RegisterSets* sets = nullptr;
  abi::Arch arch = abi::Arch::unknown;

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
/// One JSON object and a newline.
void render_registers_json(TextBuffer& out, const RegisterSample& sample, RegisterReport& report);
/// One row a register. `separator` ',' writes CSV with CRLF line ends (RFC 4180), '\t' TSV with LF.
void render_registers_table(TextBuffer& out, const RegisterSample& sample, RegisterReport& report, char separator);
void render_table_header(TextBuffer& out, const RegisterReport& report, char separator);

/// Widest vector register that samples of this recording can hold, in bits; for the columns of a table.
unsigned widest_vector_bits(const RecordingFacts& facts, const RegisterChoice& choice);

}  // namespace simdprof::cmd
