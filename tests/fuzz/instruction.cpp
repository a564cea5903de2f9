// Decodes arbitrary bytes as one instruction.
//
// Input: u8 machine (abi::Arch), then code.
#include <cstdlib>

#include "decoders/lanes/instruction.h"
#include "lib/base/cursor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace simdprof;
  Cursor in{std::as_bytes(std::span(data, size))};
  const auto arch = static_cast<abi::Arch>(in.u8() % 8U);
  const auto code = in.take(in.remaining());
  const unsigned length = instruction_length(arch, code);
  if (length > code.size() || length > kMostInstructionBytes) std::abort();
  TextBuffer text;
  append_instruction(text, arch, ~VirtAddr{0} - 3, code);
  // What has a text has a length, and needs no byte beyond it.
  if (text.size() != 0 && length == 0) std::abort();
  if (length != 0 && instruction_length(arch, code.first(length)) != length) std::abort();
  return 0;
}
