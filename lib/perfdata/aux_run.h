#pragma once

#include <cstdint>
#include <vector>

#include "lib/base/cursor.h"
#include "lib/base/input_file.h"
#include "lib/base/result.h"
#include "lib/base/units.h"

namespace simdprof::perfdata {

/// Trace bytes that follow one AUXTRACE record, or a part of them.
struct AuxRun {
  std::uint64_t file_offset = 0;
  std::uint64_t bytes = 0;
  std::uint64_t aux_offset = 0;  ///< of the first byte in the AUX area's stream of bytes
  std::uint64_t reference = 0;
  std::uint32_t index = 0;
  Tid tid = -1;
  std::int32_t cpu = -1;
};

/// The fields of an AUXTRACE record.
/// @param in  after the record's header
Result<AuxRun> decode_auxtrace(Cursor in, std::uint64_t payload_offset);

/// Parts of at most a run's size, so that each can be loaded by itself.
std::vector<AuxRun> split_aux_run(const AuxRun& run);

/// Records and bytes that load_aux_run() gives.
std::uint32_t aux_run_records(const AuxRun& run);
std::uint32_t aux_run_record_bytes(const AuxRun& run);

/// The bytes as AUXTRACE records of simdprof's own.
/// @return truncated when the file has become shorter
Result<std::vector<std::byte>> load_aux_run(const InputFile& file, const AuxRun& run);

}  // namespace simdprof::perfdata
