#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/model/aux_trace.h"

namespace simdprof {

/// The protocol that a CoreSight trace source speaks.
enum class CsProtocol { etmv3, ptm, etmv4, ete, stm };
std::string_view cs_protocol_name(CsProtocol protocol);

/// The core behind a trace source.
enum class CsArchitecture { v7, v8, v8_3, aa64 };
enum class CsProfile { application, real_time, microcontroller };

/// One trace source and the registers that its trace cannot be read without, as they were while recording. Names are
/// those of the Arm manuals; a source has only those of its protocol, the rest stays 0.
struct CsSource {
  CsProtocol protocol = CsProtocol::etmv4;
  std::int32_t cpu = -1;
  std::optional<std::uint8_t> trace_id;        ///< empty: only the kernel's AUX_OUTPUT_HW_ID could tell
  std::uint32_t config = 0;                    ///< TRCCONFIGR, ETMCR; STMTCSR
  std::uint32_t id = 0;                        ///< ETMIDR
  std::uint32_t ccer = 0;                      ///< ETMCCER
  std::uint32_t idr0 = 0, idr1 = 0, idr2 = 0;  ///< TRCIDRn
  std::array<std::uint32_t, 6> idr8{};         ///< TRCIDR8 to TRCIDR13
  std::uint32_t devarch = 0;                   ///< TRCDEVARCH
  CsArchitecture architecture = CsArchitecture::v8;
  CsProfile profile = CsProfile::application;
  bool kernel_clock = false;  ///< time stamps are ticks of the generic timer
};

/// Which of its words a trace source puts the id of the running thread in.
enum class CsThreadWord { none, context_id, vmid };
CsThreadWord cs_thread_word(const CsSource& source);

/// The words of AUXTRACE_INFO for CoreSight, versions 0 to 2 of perf and those of simpleperf.
///
/// @param words   version, CPUs and PMU, snapshot mode, then for each CPU: magic, CPU, in version 1 and later the
///                number of parameters, and the parameters
/// @param hw_ids  what the kernel said of the trace ids; the last one for a CPU holds
/// @return one source a CPU, or
///         unsupported  a version or a magic that this build does not know
///         truncated    the words end inside a CPU
///         malformed    a register of more than 32 bits, too few parameters, a trace id that no source can have
/// Source: perf's util/cs-etm.h; simpleperf's record.h, AuxTraceInfoRecord.
Result<std::vector<CsSource>> decode_cs_metadata(std::span<const std::uint64_t> words, std::span<const AuxHwId> hw_ids);

}  // namespace simdprof
