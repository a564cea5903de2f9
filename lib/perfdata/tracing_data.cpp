#include "lib/perfdata/tracing_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "lib/abi/perf_event.h"
#include "lib/perfdata/ordered_bytes.h"

namespace simdprof::perfdata {
namespace {

constexpr std::array kMagic = {std::byte{0x17}, std::byte{0x08}, std::byte{0x44}};
constexpr std::string_view kWord = "tracing";
constexpr std::string_view kVersion = "0.6";

std::string_view text_of(std::span<const std::byte> bytes) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): text of the kernel
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Text up to a NUL, which is used too.
std::string_view take_name(Cursor& in) {
  const std::string_view rest = text_of(in.rest());
  const std::size_t nul = rest.find('\0');
  if (nul == std::string_view::npos) {
    in.latch();
    return {};
  }
  in.skip(nul + 1);
  return rest.substr(0, nul);
}

std::string_view take_sized(Cursor& in, std::uint64_t bytes) { return text_of(in.take(bytes)); }

/// What follows `key` in the line that begins with it.
std::string_view line_value(std::string_view text, std::string_view key) {
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view line = text.substr(at, text.find('\n', at) - at);
    if (line.starts_with(key)) return line.substr(key.size());
    at += line.size() + 1;
  }
  return {};
}

/// What has no name and no id is of no use.
void add_format(std::string_view system, std::string_view text, Metadata& out) {
  const std::string_view digits = line_value(text, "ID: ");
  const std::string_view name = line_value(text, "name: ");
  std::uint64_t id = 0;
  if (name.empty() || std::from_chars(digits.data(), digits.data() + digits.size(), id).ec != std::errc{}) return;
  out.add_tracepoint(system, id, text);
  out.name_events_of_config(abi::PERF_TYPE_TRACEPOINT, id, fmt::format("{}:{}", system, name));
}

void read_systems(Cursor& in, Metadata& out) {
  const std::uint32_t systems = in.u32();
  for (std::uint32_t i = 0; i < systems && !in.failed(); ++i) {
    const std::string_view system = take_name(in);
    const std::uint32_t events = in.u32();
    for (std::uint32_t k = 0; k < events && !in.failed(); ++k) {
      const std::string_view text = take_sized(in, in.u64());
      if (!in.failed()) add_format(system, text, out);
    }
  }
}

void append_sized(OrderedBytes& out, std::string_view text) { out.u64(text.size()).text(text); }

// How pages and events of ftrace's own buffers begin. Samples are in none, but perf wants to read it, and takes the
// size of a long from it.
std::string header_page(const OutTracingData& data) {
  const unsigned bytes = data.long_bytes;
  return fmt::format(
      "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
      "\tfield: local_t commit;\toffset:8;\tsize:{};\tsigned:1;\n"
      "\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n"
      "\tfield: char data;\toffset:{};\tsize:{};\tsigned:1;\n",
      bytes, 8 + bytes, data.page_bytes - 8 - bytes);
}
constexpr std::string_view kHeaderEvent =
    "# compressed entry header\n\ttype_len    :    5 bits\n\ttime_delta  :   27 bits\n\tarray       :   32 bits\n";

}  // namespace

Status read_tracing_data(Cursor in, Metadata& out) {
  const std::uint64_t offset = in.offset();
  const auto magic = in.take(kMagic.size());
  if (!std::equal(magic.begin(), magic.end(), kMagic.begin(), kMagic.end()) || take_sized(in, kWord.size()) != kWord) {
    return fail(Errc::malformed, "TRACING_DATA does not begin with its mark", offset);
  }
  const std::string_view version = take_name(in);
  const std::endian order = in.u8() == 0 ? std::endian::little : std::endian::big;
  const unsigned long_bytes = in.u8();
  in.skip(4);  // bytes of a page
  if (long_bytes == 4 || long_bytes == 8) out.add_fact("long_bytes", std::to_string(long_bytes));
  Cursor body{in.rest(), in.offset(), order};
  if (take_name(body) != "header_page") return fail(Errc::malformed, "TRACING_DATA has no header_page", in.offset());
  body.skip(body.u64());
  if (take_name(body) != "header_event")
    return fail(Errc::malformed, "TRACING_DATA has no header_event", body.offset());
  body.skip(body.u64());
  const std::uint32_t of_ftrace = body.u32();
  for (std::uint32_t i = 0; i < of_ftrace && !body.failed(); ++i) body.skip(body.u64());
  read_systems(body, out);
  body.skip(body.u32());  // kallsyms
  const std::string_view texts = take_sized(body, body.u32());
  if (!body.failed()) out.add_kernel_texts(texts);
  if (version >= kVersion && !body.failed()) body.skip(body.u64());  // names of threads
  if (body.failed()) return fail(Errc::truncated, "TRACING_DATA ends inside its fields", body.offset());
  return {};
}

std::vector<std::byte> encode_tracing_data(const OutTracingData& data, std::endian order) {
  std::map<std::string_view, std::vector<std::string_view>> systems;
  for (const auto& tracepoint : data.tracepoints) systems[tracepoint.system].push_back(tracepoint.format);
  constexpr std::string_view kNul{"\0", 1};
  OrderedBytes out(order);
  out.bytes(kMagic).text(kWord).text(kVersion).text(kNul);
  out.u8(order == std::endian::big ? 1 : 0).u8(static_cast<std::uint8_t>(data.long_bytes)).u32(data.page_bytes);
  append_sized(out.text("header_page").text(kNul), header_page(data));
  append_sized(out.text("header_event").text(kNul), kHeaderEvent);
  out.u32(0);  // tracepoints of ftrace's own
  out.u32(static_cast<std::uint32_t>(systems.size()));
  for (const auto& [system, formats] : systems) {
    out.text(system).text(kNul).u32(static_cast<std::uint32_t>(formats.size()));
    for (const std::string_view format : formats) append_sized(out, format);
  }
  out.u32(0);  // kallsyms: readers have the kernel's symbols elsewhere
  out.u32(static_cast<std::uint32_t>(data.kernel_texts.size())).text(data.kernel_texts);
  out.u64(0);  // names of threads
  return out.take();
}

}  // namespace simdprof::perfdata
