#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "lib/base/cursor.h"
#include "lib/base/units.h"

namespace simdprof {

/// One taken branch as the CPU's Branch Trace Store wrote it. Source: Intel SDM volume 3, 18.4.9 "BTS and DS Save
/// Area", 64-bit form: three little-endian words.
struct BtsRecord {
  VirtAddr from = 0;        ///< of the branch; 0: the trace begins here
  VirtAddr to = 0;          ///< where it went; 0: the trace ends here
  std::uint64_t flags = 0;  ///< bit 4: the branch was predicted

  static constexpr std::uint64_t kPredicted = 1U << 4;
};

inline constexpr std::size_t kBtsRecordBytes = 24;

/// The record at the front of `in`, which must hold kBtsRecordBytes.
BtsRecord decode_bts_record(Cursor& in);
/// "7f1200 -> 7f1234 pred" or "miss".
std::string render_bts_record(const BtsRecord& record);

}  // namespace simdprof
