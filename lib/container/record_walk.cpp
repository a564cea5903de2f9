#include "lib/container/record_walk.h"

#include <fmt/format.h>

#include <utility>

#include "lib/abi/perf_event.h"
#include "lib/base/cursor.h"

namespace simdprof {

Result<std::optional<RawRecord>> RecordWalk::next() {
  if (bytes_.empty()) return std::optional<RawRecord>{};
  Cursor in{bytes_, offset_, order_};
  RawRecord record;
  record.type = in.u32();
  record.misc = in.u16();
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
  record.payload = left.subspan(abi::kRecordHeaderBytes, size - abi::kRecordHeaderBytes);
  record.offset = offset_;
  record.stream = stream_;
  record.order = order_;
  bytes_ = left.subspan(size);
  offset_ += size;
  return std::optional<RawRecord>{record};
}

}  // namespace simdprof
