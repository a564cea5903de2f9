#include "lib/perfdata/record_frame.h"

#include <fmt/format.h>

#include "lib/abi/perf_event.h"
#include "lib/abi/perf_file.h"
#include "lib/base/cursor.h"

namespace simdprof::perfdata {
namespace {

std::uint64_t align8(std::uint64_t bytes) { return (bytes + 7) / 8 * 8; }

constexpr std::uint64_t kCompressed2Bytes = 16;  ///< header and data_size
/// The kernel's tool puts tracing data after its record, simpleperf into it.
constexpr std::uint16_t kMostTracingHeadBytes = 16;

/// COMPRESSED2: its 16-bit size holds the aligned size modulo 65536.
std::uint64_t compressed2_bytes(std::uint64_t header_size, std::uint64_t data_size) {
  if (data_size > (std::uint64_t{1} << 32U)) return header_size;
  const std::uint64_t aligned = align8(kCompressed2Bytes + data_size);
  return (aligned & 0xffff) == header_size ? aligned : header_size;
}

}  // namespace

Result<RecordFrame> decode_frame(std::span<const std::byte> bytes, std::endian order, std::uint64_t offset) {
  Cursor in{bytes, offset, order};
  RecordFrame frame;
  frame.type = in.u32();
  frame.misc = in.u16();
  const std::uint16_t size = in.u16();
  if (in.failed()) {
    return fail(Errc::truncated, fmt::format("{} bytes are left where a record header is due", bytes.size()), offset);
  }
  frame.head_bytes = size;
  if (frame.type >= abi::kFirstSimpleperfRecord) frame.head_bytes |= std::uint64_t{frame.misc} << 16U;
  frame.total_bytes = frame.head_bytes;
  if (frame.type == abi::PERF_RECORD_AUXTRACE && size >= abi::kAuxtraceRecordBytes) {
    frame.total_bytes += in.u64();
  } else if (frame.type == abi::PERF_RECORD_HEADER_TRACING_DATA && size >= abi::kRecordHeaderBytes + 4 &&
             size <= kMostTracingHeadBytes) {
    frame.total_bytes += align8(in.u32());
  } else if (frame.type == abi::PERF_RECORD_COMPRESSED2) {
    frame.head_bytes = frame.total_bytes = compressed2_bytes(size, in.u64());
  }
  if (in.failed()) return fail(Errc::truncated, "a record ends before its size is known", offset);
  if (frame.head_bytes < abi::kRecordHeaderBytes || frame.total_bytes < frame.head_bytes) {
    return fail(Errc::malformed, fmt::format("record size {} is less than its header", frame.head_bytes), offset);
  }
  return frame;
}

bool plausible_frame(std::span<const std::byte> bytes, std::endian order) {
  Cursor in{bytes, 0, order};
  const std::uint32_t type = in.u32();
  const std::uint16_t misc = in.u16();
  const std::uint16_t size = in.u16();
  if (in.failed()) return false;
  constexpr std::uint16_t kHighestMode = 5;  // guest user
  if ((misc & abi::PERF_RECORD_MISC_CPUMODE_MASK) > kHighestMode) return false;
  const bool kernel = type >= abi::PERF_RECORD_MMAP && type <= abi::PERF_RECORD_CALLCHAIN_DEFERRED;
  if (!kernel && abi::tool_record_name(type) == nullptr) return false;
  if (type == abi::PERF_RECORD_COMPRESSED) return size > abi::kRecordHeaderBytes;
  if (size % 8 != 0) return false;
  constexpr std::uint16_t kSmallestKernelRecord = 16;  // a SWITCH with a trailer of one word
  return size >= (kernel ? kSmallestKernelRecord : abi::kRecordHeaderBytes);
}

}  // namespace simdprof::perfdata
