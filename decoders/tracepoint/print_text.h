#pragma once

#include <map>
#include <string>

#include "decoders/tracepoint/print_value.h"
#include "decoders/tracepoint/tracepoint_text.h"
#include "lib/base/units.h"

namespace simdprof {

/// What expressions are written with.
struct PrintWorld {
  PrintValues& values;
  KernelNames& names;
  const std::map<VirtAddr, std::string>& kernel_texts;
  unsigned long_bytes = 8;
};

/// The most text of one sample, in bytes.
inline constexpr std::size_t kMostTracepointText = 65536;

/// Appends `print.text` with its conversions carried out, as the kernel's vsnprintf does.
/// Source: Documentation/core-api/printk-formats.rst
void append_print(std::string& out, const PrintWorld& world);

/// One conversion: `%-16.3llx`, `%pI6c`.
struct PrintConversion {
  std::string flags;   ///< of "-+ #0"
  int width = -1;      ///< columns; -1: none
  int precision = -1;  ///< -1: none
  int length = 0;      ///< of integers: -2 char, -1 short, 0 int, 1 long, 2 long long
  char letter = 0;
  std::string_view pointer;  ///< behind `p`: "S", "I6c"
};

/// What `%s` shows of a node: a text, or what a helper makes of numbers.
/// @param limit  bytes that are wanted: what takes long is not made for more
void append_text_of(std::string& out, std::uint32_t node, const PrintWorld& world, std::size_t limit);
/// `%p` and all that hangs on it: names of functions, addresses of networks, UUIDs, raw bytes.
void append_pointer(std::string& out, const PrintConversion& conversion, std::uint32_t node, const PrintWorld& world);
/// The columns and digits of a conversion of a text.
void append_columns(std::string& out, const PrintConversion& conversion, std::string_view text);

}  // namespace simdprof
