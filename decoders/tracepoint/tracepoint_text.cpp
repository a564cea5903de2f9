#include "decoders/tracepoint/tracepoint_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "decoders/tracepoint/print_text.h"

namespace simdprof {
namespace {

// Bounds against inputs made to exhaust memory. A kernel has some 2500 tracepoints.
constexpr std::size_t kMostFormats = 8192;
constexpr std::size_t kMostNodes = std::size_t{1} << 19U;  // some 60 MB; all formats of a kernel have 100,000
constexpr std::size_t kMostKernelTexts = 65536;

bool is_printable(std::span<const std::byte> bytes) {
  const auto plain = [](std::byte byte) {
    const auto c = std::to_integer<unsigned>(byte);
    return (c >= 0x20 && c < 0x7f) || (c >= '\t' && c <= '\r');
  };
  const auto end = std::find(bytes.begin(), bytes.end(), std::byte{0});
  return end != bytes.begin() && std::all_of(bytes.begin(), end, plain);
}

void append_array(std::string& out, std::span<const std::byte> bytes) {
  out += "ARRAY[";
  for (std::size_t i = 0; i < bytes.size() && out.size() < kMostTracepointText; ++i) {
    if (i != 0) out += ", ";
    fmt::format_to(std::back_inserter(out), "{:02x}", std::to_integer<unsigned>(bytes[i]));
  }
  out += ']';
}

void append_field(std::string& out, const TracepointField& field, const TracepointBytes& raw) {
  fmt::format_to(std::back_inserter(out), " {}=", field.name);
  if (field.is_array) {
    const auto bytes = raw.of(field);
    if (!bytes) {
      out += '?';
    } else if (field.is_text && is_printable(*bytes)) {
      const auto end = std::find(bytes->begin(), bytes->end(), std::byte{0});
      for (auto byte = bytes->begin(); byte != end; ++byte) out += std::to_integer<char>(*byte);
    } else {
      append_array(out, *bytes);
    }
    return;
  }
  const auto value = raw.number(field);
  const bool is_address = field.type.find('*') != std::string::npos || field.type == "unsigned long";
  if (!value) {
    out += '?';
  } else if (is_address) {
    fmt::format_to(std::back_inserter(out), "{:#x}", *value);
  } else if (field.is_signed) {
    fmt::format_to(std::back_inserter(out), "{}", static_cast<std::int64_t>(*value));
  } else {
    fmt::format_to(std::back_inserter(out), "{}", *value);
  }
}

}  // namespace

Status TracepointText::add_format(std::string_view system, std::string_view text) {
  auto format = parse_tracepoint_format(system, text, long_bytes_);
  if (!format) return fail(format.error());
  if (known_.size() >= kMostFormats) return fail(Errc::limit, "more tracepoints than a recording can have");
  auto print = parse_print_format(*format, long_bytes_);
  if (print) nodes_ += print->nodes.size();
  if (nodes_ > kMostNodes) return fail(Errc::limit, "the formats of its tracepoints are longer than those of a kernel");
  const std::uint64_t id = format->id;
  Known known{std::move(*format), std::nullopt};
  if (print) known.print = std::move(*print);
  known_.insert_or_assign(id, std::move(known));
  return {};
}

void TracepointText::add_kernel_texts(std::string_view text) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.starts_with("0x")) line.remove_prefix(2);
    VirtAddr address = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), address, 16);
    if (error != std::errc{} || address == 0) continue;
    line.remove_prefix(static_cast<std::size_t>(end - line.data()));
    const std::size_t open = line.find('"');
    const std::size_t close = line.rfind('"');
    if (open == std::string_view::npos || close == open) continue;
    std::string_view own = line.substr(open + 1, close - open - 1);
    if (own.ends_with("\\n")) own.remove_suffix(2);
    if (kernel_texts_.size() < kMostKernelTexts) kernel_texts_.insert_or_assign(address, std::string(own));
  }
}

const TracepointFormat* TracepointText::format(std::uint64_t id) const {
  const auto found = known_.find(id);
  return found == known_.end() ? nullptr : &found->second.format;
}

bool TracepointText::append(std::string& out, std::uint64_t id, std::span<const std::byte> raw,
                            KernelNames& names) const {
  const auto found = known_.find(id);
  if (found == known_.end()) return false;
  const auto& [format, print] = found->second;
  const TracepointBytes bytes(raw, order_);
  if (print) {
    PrintValues values(format, *print, bytes, long_bytes_);
    std::string text;
    append_print(text, {values, names, kernel_texts_, long_bytes_});
    if (!values.failed()) {
      out += text;
      return true;
    }
  }
  std::string text = "[FAILED TO PARSE]";
  for (const TracepointField& field : format.fields) {
    if (!field.is_common && text.size() < kMostTracepointText) append_field(text, field, bytes);
  }
  out.append(text, 0, kMostTracepointText);
  return true;
}

}  // namespace simdprof
