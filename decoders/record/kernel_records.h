#pragma once

#include <cstdint>
#include <span>

#include "lib/abi/perf_event.h"
#include "lib/base/cursor.h"
#include "lib/base/result.h"
#include "lib/model/record.h"

namespace simdprof {

/// What a record's reader works on. It reads the record's own fields and leaves the sample_id trailer in `in`.
struct BodyReader {
  Cursor in;
  std::uint16_t misc = 0;
  std::uint64_t read_format = 0;  ///< of the record's event; for PERF_RECORD_READ
  RecordBody& out;
  const char* refused = nullptr;  ///< what is wrong with a field, or nullptr
};

/// The reader of one record type.
struct RecordReader {
  std::uint32_t type;
  void (*read)(BodyReader&);
};
/// Reads a body with the reader of its type; false, and nothing was read, when there is none.
bool read_by_type(std::span<const RecordReader> readers, std::uint32_t type, BodyReader& reader);

/// Reads the body of a kernel record that is no sample.
///
/// @return false when `type` is none of PERF_RECORD_* 1..22 (a sample included): nothing was read then
/// Source: uapi linux/perf_event.h, comments of enum perf_event_type.
bool read_kernel_record(std::uint32_t type, BodyReader& reader);

}  // namespace simdprof
