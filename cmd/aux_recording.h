#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cmd/aux_buffers.h"
#include "cmd/aux_programs.h"
#include "cmd/aux_slices.h"
#include "cmd/session.h"
#include "lib/model/ledger.h"

namespace simdprof::cmd {

/// The AUX areas of a recording, what was said about them, and what ran: all that decoding needs.
class AuxRecording {
 public:
  /// Reads the session to its end, and starts it again.
  /// @param session  must outlive this
  AuxRecording(Session& session, SymbolOptions symbols);
  AuxRecording(const AuxRecording&) = delete;
  AuxRecording& operator=(const AuxRecording&) = delete;
  ~AuxRecording();

  [[nodiscard]] const std::vector<AuxBuffer>& buffers() const { return buffers_; }
  /// Areas or samples with AUX bytes are there.
  [[nodiscard]] bool has_bytes() const;
  [[nodiscard]] const RecordedPrograms& programs() const { return *programs_; }
  /// What was lost or left out while the records were read.
  [[nodiscard]] const Ledger& ledger() const { return ledger_; }

  /// How the trace was made.
  /// @return not_found    the recording has no AUX bytes, or nothing tells what they are
  ///         unsupported  it has traces of several kinds
  [[nodiscard]] Result<AuxTraceInfo> info() const;
  /// One reader an area and, when samples carry AUX bytes, one a stream.
  /// @param cpus  of these CPUs only; empty: all
  [[nodiscard]] std::vector<std::unique_ptr<AuxSliceReader>> readers(const AuxDecoder& decoder, AuxTraceType type,
                                                                     const std::vector<std::uint32_t>& cpus) const;

 private:
  Session& session_;
  std::unique_ptr<RecordedPrograms> programs_;
  std::vector<AuxTraceInfo> infos_;
  std::vector<AuxBuffer> buffers_;
  bool samples_carry_bytes_ = false;
  Ledger ledger_;
};

}  // namespace simdprof::cmd
