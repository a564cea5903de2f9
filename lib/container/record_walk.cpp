#include "lib/container/record_walk.h"

#include <fmt/format.h>

#include <utility>

#include "lib/abi/perf_event.h"
#include "lib/base/cursor.h"

namespace simdprof {

Result<std::optional<RawRecord>> RecordWalk::next() {
  if (bytes_.empty()) return std::optional<RawRecord>{};
  Cursor in{bytes_, offset_, order_};
  const std::uint32_t type = in.u32();
  const std::uint16_t misc = in.u16();
  const std::size_t size = in.u16();
  const auto left = std::exchange(bytes_, {});  // an error ends the walk
  if (in.failed()) {
    return fail(Errc::truncated, fmt::format("{} bytes are left where a record header is due", left.size()), offset_);
  }
  if (size < abi::kRecordHeaderBytes) {
    return fail(Errc::malformed, fmt::format("record size {} is less than its header", size), offset_);
  }
  if (size > left.size()) {
    return fail(Errc::truncated, fmt::format("record of {} bytes, {} are left", size, left.size()), offset_);
  }
  bytes_ = left.subspan(size);
  const auto payload = left.subspan(abi::kRecordHeaderBytes, size - abi::kRecordHeaderBytes);
  return RawRecord{type, misc, payload, std::exchange(offset_, offset_ + size), stream_, order_};
}

}  // namespace simdprof
