#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/cursor.h"
#include "lib/base/result.h"
#include "lib/perfdata/metadata.h"

/// TRACING_DATA of a perf.data: what tracefs told of the tracepoints that were recorded.
/// Source: tools/perf/util/trace-event-info.c, which writes it.
namespace simdprof::perfdata {

/// @return truncated or malformed for what is cut or has other marks; what came before it was added to `out`
Status read_tracing_data(Cursor in, Metadata& out);

struct OutTracingData {
  struct Tracepoint {
    std::string_view system;
    std::string_view format;
  };
  std::vector<Tracepoint> tracepoints;
  std::string_view kernel_texts;
  unsigned long_bytes = 8;
  std::uint32_t page_bytes = 4096;
};
std::vector<std::byte> encode_tracing_data(const OutTracingData& data, std::endian order);

}  // namespace simdprof::perfdata
