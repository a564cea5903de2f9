#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "decoders/lanes/lane_text.h"
#include "lib/model/sample.h"

namespace simdprof::cmd {

/// Decimal digits, right-aligned in `columns`.
void append_decimal(TextBuffer& out, std::uint64_t value, unsigned columns = 0);
/// `[002]`, as perf shows CPUs.
void append_cpu(TextBuffer& out, std::uint32_t cpu);
/// Hexadecimal digits without prefix, right-aligned in `columns`.
void append_hex_aligned(TextBuffer& out, std::uint64_t value, unsigned columns);
void append_padding(TextBuffer& out, std::size_t written, std::size_t columns);

/// Nanoseconds as seconds with `digits` (6 or 9) decimals; what is finer is cut off, as the kernel's tool does.
void append_seconds(TextBuffer& out, std::uint64_t time_ns, unsigned digits);
/// Nanoseconds since 1970 as the local time of day, `2026-11-22 16:20:11.123456`, with so many decimals.
void append_wall_time(TextBuffer& out, std::uint64_t wall_ns, unsigned digits);

// The same, into space that was reserved, and how much they take at most.
inline constexpr std::size_t kMostOfDecimal = 20;
inline constexpr std::size_t kMostOfCpu = 12;
inline constexpr std::size_t kMostOfSeconds = kMostOfDecimal + 10;
void put_decimal(PieceWriter& pieces, std::int64_t value);
void put_cpu(PieceWriter& pieces, std::uint32_t cpu);
void put_seconds(PieceWriter& pieces, std::uint64_t time_ns, unsigned digits);

/// Text in double quotes as RFC 8259 wants it. Bytes that are not UTF-8 become U+FFFD, one each.
void append_json_string(TextBuffer& out, std::string_view text);
/// `"0x..."`: how 64-bit values stand in JSON.
void append_json_hex(TextBuffer& out, std::uint64_t value);

}  // namespace simdprof::cmd
