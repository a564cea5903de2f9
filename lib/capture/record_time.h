#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "lib/base/units.h"

namespace simdprof {

/// Time of a kernel record whose event has the bits of kBaseSampleType and sample_id_all; kNoTime when the record is
/// too short to have one. Not for simdprof's own records.
///
/// @param record  header and payload
std::uint64_t record_time_ns(std::span<const std::byte> record);

/// Type field of a record's header; 0 when there is no whole header.
std::uint32_t record_type(std::span<const std::byte> record);
/// misc field of a record's header; 0 when there is no whole header.
std::uint16_t record_misc(std::span<const std::byte> record);

/// How many records a LOST or LOST_SAMPLES record stands for.
std::uint64_t lost_count(std::span<const std::byte> record);

/// What follows every kernel record but samples: TID, TIME, CPU, IDENTIFIER.
struct SampleIdTrailer {
  Pid pid = 0;
  Tid tid = 0;
  std::uint64_t time_ns = 0;
  std::uint32_t cpu = 0;
  std::uint64_t id = 0;
};
inline constexpr std::size_t kTrailerBytes = 32;

}  // namespace simdprof
