#include "cmd/dump_text.h"

#include <fmt/format.h>

#include <iterator>

#include "lib/model/ledger.h"

namespace simdprof::cmd {

void append_bytes_hex(TextBuffer& out, std::span<const std::byte> bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (const std::byte byte : bytes) {
    out.push_back(kDigits[std::to_integer<unsigned>(byte) >> 4U]);
    out.push_back(kDigits[std::to_integer<unsigned>(byte) & 15U]);
  }
}

void append_words(TextBuffer& out, const WordView& words) {
  out.push_back('[');
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i != 0) out.push_back(' ');
    append_hex(out, words[i]);
  }
  out.push_back(']');
}

void dump_raw(TextBuffer& out, const RawRecord& raw) {
  fmt::format_to(std::back_inserter(out), "{:#012x} stream={} {} misc={:#06x} size={} ", raw.offset, raw.stream,
                 record_name(raw.type), raw.misc, raw.payload.size() + abi::kRecordHeaderBytes);
  append_bytes_hex(out, raw.payload);
  out.push_back('\n');
}

}  // namespace simdprof::cmd
