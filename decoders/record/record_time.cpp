#include "decoders/record/record_time.h"

#include <bit>

#include "decoders/record/decode_record.h"
#include "decoders/record/event_lookup.h"
#include "lib/base/cursor.h"

namespace simdprof {
namespace {

// Sample fields before TIME: one word each.
constexpr std::uint64_t kBitsBeforeTime = abi::PERF_SAMPLE_IDENTIFIER | abi::PERF_SAMPLE_IP | abi::PERF_SAMPLE_TID;

std::uint64_t sample_time(const RawRecord& raw, const EventTable& events) {
  const auto event = find_sample_event(raw, events);
  if (!event) return kNoTime;
  const std::uint64_t sample_type = events.events[*event].attr.sample_type;
  if ((sample_type & abi::PERF_SAMPLE_TIME) == 0) return kNoTime;
  Cursor in{raw.payload, raw.offset, raw.order};
  in.skip(8 * static_cast<std::uint64_t>(std::popcount(sample_type & kBitsBeforeTime)));
  const std::uint64_t time_ns = in.u64();
  return in.failed() ? kNoTime : time_ns;
}

}  // namespace

std::uint64_t find_record_time(const RawRecord& raw, const EventTable& events) {
  if (raw.type == abi::PERF_RECORD_SAMPLE) return sample_time(raw, events);
  const auto record = decode_record(raw, events);
  return record ? record->time_ns : kNoTime;
}

}  // namespace simdprof
