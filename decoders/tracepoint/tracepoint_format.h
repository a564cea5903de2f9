#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace simdprof {

/// One field of the raw bytes of a tracepoint's sample.
struct TracepointField {
  std::string name;
  std::string type;  ///< without array bounds: "unsigned long", "char"
  std::uint32_t offset = 0;
  std::uint32_t bytes = 0;          ///< 0: up to the end of the raw bytes
  std::uint32_t element_bytes = 0;  ///< of an array; of any other field, its bytes
  bool is_signed = false;
  bool is_array = false;     ///< or a struct
  bool is_text = false;      ///< an array of char
  bool is_common = false;    ///< of every tracepoint: common_type, common_pid, ...
  bool is_dynamic = false;   ///< __data_loc: a word of length (high half) and offset of what it stands for
  bool is_relative = false;  ///< __rel_loc: the same, and the offset counts from the end of the word
};

/// What a kernel tells of one tracepoint.
struct TracepointFormat {
  std::string system;
  std::string name;
  std::uint64_t id = 0;  ///< attr.config of its events
  std::vector<TracepointField> fields;
  std::string print;  ///< `"text with %d", REC->field, ...`; empty: not told
};

/// Reads the text of events/SYSTEM/NAME/format in tracefs.
/// Source: Documentation/trace/events.rst, kernel/trace/trace_events.c
///
/// @param long_bytes  of a C long on the recorded machine
/// @return malformed for what has no name, no id, a field without a name of its own, offset and size; limit for more
///         than 512 fields
Result<TracepointFormat> parse_tracepoint_format(std::string_view system, std::string_view text,
                                                 unsigned long_bytes = 8);

/// Bytes of a C type by its name, with `long_bytes` for long and pointers; 0: not known.
std::uint32_t c_type_bytes(std::string_view type, unsigned long_bytes);

}  // namespace simdprof
