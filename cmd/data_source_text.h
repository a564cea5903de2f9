#pragma once

#include <cstdint>

#include "decoders/lanes/text_buffer.h"

namespace simdprof::cmd {

/// What PERF_SAMPLE_DATA_SRC says of a memory access, in the kernel tool's words:
/// "|OP LOAD|LVL L1 or L1 hit|SNP None|TLB L1 or L2 hit|LCK No|BLK  N/A".
/// Source: uapi linux/perf_event.h, union perf_mem_data_src; its numbers are the same in both byte orders.
void append_data_source(TextBuffer& out, std::uint64_t data_src);

}  // namespace simdprof::cmd
