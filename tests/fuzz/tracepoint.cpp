// Reads arbitrary text as the format of a tracepoint, and arbitrary bytes as its sample.
//
// Input: u8 flags (bit 0 big-endian, bit 1 32-bit), u16 bytes of the format, the format, then raw bytes.
#include <cstdlib>

#include "decoders/tracepoint/print_text.h"
#include "lib/base/cursor.h"

namespace {

class Names final : public simdprof::KernelNames {
 public:
  std::optional<Function> function_at(simdprof::VirtAddr address) override {
    if (address % 2 != 0) return std::nullopt;
    return Function{"f", address % 64};
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace simdprof;
  Cursor in{std::as_bytes(std::span(data, size))};
  const std::uint8_t flags = in.u8();
  const std::size_t format_bytes = std::min<std::size_t>(in.u16(), in.remaining());
  const auto bytes = in.take(format_bytes);
  const std::string_view format(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto raw = in.take(in.remaining());
  TracepointText text((flags & 1U) != 0 ? std::endian::big : std::endian::little, (flags & 2U) != 0 ? 4 : 8);
  text.add_kernel_texts(format);
  const auto parsed = parse_tracepoint_format("fuzz", format);
  if (text.add_format("fuzz", format).has_value() != parsed.has_value()) std::abort();
  if (!parsed) return 0;
  Names names;
  std::string out;
  if (!text.append(out, parsed->id, raw, names)) std::abort();
  if (out.size() > kMostTracepointText) std::abort();
  return 0;
}
