#pragma once

#include <cstdint>
#include <span>

#include "lib/abi/perf_event.h"
#include "lib/base/cursor.h"
#include "lib/base/result.h"
#include "lib/model/sample.h"

namespace simdprof {

/// What a field's reader works on. A reader that meets a value it must not go on with sets `refused`; bytes that run
/// out latch the cursor.
struct SampleReader {
  Cursor in;
  const abi::EventAttr& attr;
  Sample& out;
  bool packed_counts = false;     ///< read SIMD counts as four u16 in one word
  bool simd_seen = false;         ///< some register section had the SIMD ABI's part
  const char* refused = nullptr;  ///< what is wrong with the field, or nullptr
  Errc refused_code = Errc::malformed;
  std::uint64_t field_offset = 0;  ///< where the field that did not hold begins
};

/// One field of PERF_RECORD_SAMPLE.
struct SampleField {
  std::uint64_t bits;  ///< PERF_SAMPLE_*: one bit, or the two that share the weight word
  const char* name;
  void (*read)(SampleReader&);  ///< sets every member of the field in `out`, which may hold another sample's
};

/// All fields in wire order; nothing else in the program knows it.
/// Source: uapi linux/perf_event.h, comment on PERF_RECORD_SAMPLE.
std::span<const SampleField> sample_fields();

/// Reads every field that the layout has, in wire order.
/// @return the field that did not hold (reader.in.failed(), or reader.refused says why); nullptr: all did
const SampleField* read_sample_fields(SampleReader& reader);

/// Every sample_type bit that sample_fields() names.
std::uint64_t known_sample_bits();

}  // namespace simdprof
