#include "decoders/record/read_values.h"

#include "decoders/record/take_words.h"

namespace simdprof {
namespace {

void read_times(Cursor& in, std::uint64_t format, ReadValues& out) {
  if ((format & abi::PERF_FORMAT_TOTAL_TIME_ENABLED) != 0) out.time_enabled_ns = in.u64();
  if ((format & abi::PERF_FORMAT_TOTAL_TIME_RUNNING) != 0) out.time_running_ns = in.u64();
}

void read_id_and_lost(Cursor& in, std::uint64_t format, ReadValue& out) {
  if ((format & abi::PERF_FORMAT_ID) != 0) out.id = in.u64();
  if ((format & abi::PERF_FORMAT_LOST) != 0) out.lost = in.u64();
}

ReadValues read_group(Cursor& in, std::uint64_t format) {
  ReadValues out;
  const std::uint64_t count = in.u64();
  read_times(in, format, out);
  const unsigned words_each =
      1U + ((format & abi::PERF_FORMAT_ID) != 0 ? 1U : 0U) + ((format & abi::PERF_FORMAT_LOST) != 0 ? 1U : 0U);
  if (count > in.remaining() / (std::size_t{8} * words_each)) {
    in.latch();
    return out;
  }
  out.values.resize(static_cast<std::size_t>(count));
  for (ReadValue& value : out.values) {
    value.value = in.u64();
    read_id_and_lost(in, format, value);
  }
  return out;
}

}  // namespace

ReadValues decode_read_values(Cursor& in, std::uint64_t format) {
  if ((format & abi::PERF_FORMAT_GROUP) != 0) return read_group(in, format);
  ReadValues out;
  ReadValue value;
  value.value = in.u64();
  read_times(in, format, out);
  read_id_and_lost(in, format, value);
  out.values.push_back(value);
  return out;
}

}  // namespace simdprof
