#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "decoders/tracepoint/tracepoint_text.h"
#include "tests/support/bytes.h"

namespace simdprof::test {

/// Two functions, and no other name.
class TwoFunctions final : public KernelNames {
 public:
  std::optional<Function> function_at(VirtAddr address) override {
    if (address >= 0xffffffff81000000 && address < 0xffffffff81000100) {
      return Function{"do_one", address - 0xffffffff81000000};
    }
    if (address == 0xffffffff82000000) return Function{"do_two", 0};
    return std::nullopt;
  }
};

/// The text of a tracepoint's format: id 7, the given lines of fields, and its `print fmt`.
inline std::string format_text(std::string_view fields, std::string_view print) {
  return "name: made\nID: 7\nformat:\n" + std::string(fields) + "\nprint fmt: " + std::string(print) + "\n";
}

/// What it says of raw bytes.
inline std::string said(std::string_view fields, std::string_view print, const Bytes& raw,
                        std::endian order = std::endian::little, unsigned long_bytes = 8) {
  TracepointText text(order, long_bytes);
  const auto added = text.add_format("sys", format_text(fields, print));
  if (!added) return added.error().fact;
  text.add_kernel_texts("0xffffffff81a00000 : \"a kernel text\\n\"\n");
  TwoFunctions names;
  std::string out;
  EXPECT_TRUE(text.append(out, 7, raw, names));
  return out;
}

}  // namespace simdprof::test
