#include "lib/capture/record_time.h"

#include "lib/abi/perf_event.h"
#include "lib/base/cursor.h"

namespace simdprof {
namespace {

constexpr std::size_t kSampleTimeOffset = 32;  // header, IDENTIFIER, IP, TID
constexpr std::size_t kTrailerTimeOffset = 8;  // in the trailer, after TID

std::uint64_t word_at(std::span<const std::byte> record, std::size_t offset) {
  Cursor in{record.subspan(offset, 8)};
  return in.u64();
}

}  // namespace

std::uint64_t record_time_ns(std::span<const std::byte> record) {
  if (record_type(record) == abi::PERF_RECORD_SAMPLE) {
    return record.size() < kSampleTimeOffset + 8 ? kNoTime : word_at(record, kSampleTimeOffset);
  }
  if (record.size() < abi::kRecordHeaderBytes + kTrailerBytes) return kNoTime;
  return word_at(record, record.size() - kTrailerBytes + kTrailerTimeOffset);
}

std::uint32_t record_type(std::span<const std::byte> record) {
  if (record.size() < abi::kRecordHeaderBytes) return 0;
  return Cursor{record}.u32();
}

std::uint16_t record_misc(std::span<const std::byte> record) {
  if (record.size() < abi::kRecordHeaderBytes) return 0;
  Cursor in{record};
  in.skip(4);
  return in.u16();
}

std::uint64_t lost_count(std::span<const std::byte> record) {
  Cursor in{record, 0};
  const bool has_id = in.u32() == abi::PERF_RECORD_LOST;  // u64 id, u64 lost; LOST_SAMPLES has no id
  in.skip(has_id ? 12 : 4);
  return in.u64();
}

}  // namespace simdprof
