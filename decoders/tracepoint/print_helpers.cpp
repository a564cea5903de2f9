#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "decoders/tracepoint/print_text.h"
#include "lib/base/cursor.h"
#include "lib/base/shown_text.h"

namespace simdprof {
namespace {

using Kind = PrintNode::Kind;
using Function = PrintNode::Function;

/// Text up to a NUL.
void append_characters(std::string& out, std::span<const std::byte> bytes, std::size_t limit) {
  const auto text = bytes.first(std::min(bytes.size(), limit));
  out += shown(Cursor{text}.padded_text(text.size()));
}

// As the kernel: an entry without bits fits any value but 0.
void append_flags(std::string& out, const PrintNode& call, const PrintWorld& world) {
  PrintValues& values = world.values;
  std::uint64_t left = values.unsigned_long(call.children[0]);
  const std::string& delimiter = values.node(call.children[1]).text;
  bool any = false;
  for (std::size_t i = 2; i < call.children.size() && left != 0; ++i) {
    const PrintNode& list = values.node(call.children[i]);
    const std::uint64_t bits = values.unsigned_long(list.children[0]);
    if ((left & bits) != bits) continue;
    if (any) out += delimiter;
    out += values.node(list.children[1]).text;
    any = true;
    left &= ~bits;
  }
  if (left == 0) return;
  if (any) out += delimiter;
  fmt::format_to(std::back_inserter(out), "{:#x}", left);
}

void append_symbolic(std::string& out, const PrintNode& call, const PrintWorld& world) {
  PrintValues& values = world.values;
  const std::uint64_t value = values.unsigned_long(call.children[0]);
  for (std::size_t i = 1; i < call.children.size(); ++i) {
    const PrintNode& list = values.node(call.children[i]);
    if (values.unsigned_long(list.children[0]) != value) continue;
    out += values.node(list.children[1]).text;
    return;
  }
  fmt::format_to(std::back_inserter(out), "{:#x}", value);
}

void append_hex(std::string& out, const PrintNode& call, const PrintWorld& world, std::size_t limit) {
  const auto bytes = world.values.bytes(call.children[0]);
  if (!bytes) return;
  const std::uint64_t count = world.values.number(call.children[1]).bits;
  const std::size_t shown = static_cast<std::size_t>(std::min<std::uint64_t>(count, bytes->size()));
  for (std::size_t i = 0; i < shown && out.size() < limit; ++i) {
    if (i != 0 && call.function == Function::hex) out += ' ';
    fmt::format_to(std::back_inserter(out), "{:02x}", std::to_integer<unsigned>((*bytes)[i]));
  }
}

// As many as the bytes hold. The kernel writes "{0x1,0x2}", libtraceevent and so perf "1 2": here as perf.
void append_array(std::string& out, const PrintNode& call, const PrintWorld& world, std::size_t limit) {
  const auto bytes = world.values.bytes(call.children[0]);
  const std::uint64_t count = world.values.number(call.children[1]).bits;
  const std::uint64_t size = world.values.number(call.children[2]).bits;
  if (!bytes || (size != 1 && size != 2 && size != 4 && size != 8)) return;
  const std::uint64_t shown = std::min<std::uint64_t>(count, bytes->size() / size);
  for (std::uint64_t i = 0; i < shown && out.size() < limit; ++i) {
    if (i != 0) out += ' ';
    const auto one = bytes->subspan(static_cast<std::size_t>(i * size), static_cast<std::size_t>(size));
    fmt::format_to(std::back_inserter(out), "{}", world.values.raw().number_in(one, false));
  }
}

// The longs of a mask, highest first; 32 bits between commas.
void append_mask(std::string& out, const PrintNode& call, const PrintWorld& world, std::size_t limit) {
  const TracepointField& field = world.values.field(world.values.node(call.children[0]));
  const auto bytes = world.values.raw().of(field);
  const std::size_t longs = bytes ? bytes->size() / world.long_bytes : 0;
  for (std::size_t i = longs; i-- > 0 && out.size() < limit;) {
    const auto word = bytes->subspan(i * world.long_bytes, world.long_bytes);
    const std::uint64_t value = world.values.raw().number_in(word, false);
    if (i + 1 != longs) out += ',';
    const bool is_short = world.long_bytes == 4 || (longs == 1 && value <= UINT32_MAX);
    if (is_short) {
      fmt::format_to(std::back_inserter(out), "{:08x}", value);
    } else {
      fmt::format_to(std::back_inserter(out), "{:08x},{:08x}", value >> 32U, value & UINT32_MAX);
    }
  }
}

void append_call(std::string& out, std::uint32_t place, const PrintWorld& world, std::size_t limit) {
  const PrintNode& call = world.values.node(place);
  switch (call.function) {
    case Function::flags: return append_flags(out, call, world);
    case Function::symbolic: return append_symbolic(out, call, world);
    case Function::hex:
    case Function::hex_text: return append_hex(out, call, world, limit);
    case Function::array: return append_array(out, call, world, limit);
    case Function::bitmask:
    case Function::cpumask: return append_mask(out, call, world, limit);
    case Function::text:
    case Function::dynamic:
      if (const auto bytes = world.values.bytes(place)) append_characters(out, *bytes, limit);
      return;
    default: fmt::format_to(std::back_inserter(out), "{:#x}", world.values.number(place).bits);
  }
}

// A pointer to a text of the kernel's own, or to a function; else the number.
void append_kernel_text(std::string& out, VirtAddr address, const PrintWorld& world) {
  if (address == 0) {
    out += "(null)";
  } else if (const auto text = world.kernel_texts.find(address); text != world.kernel_texts.end()) {
    out += shown(text->second);
  } else if (const auto function = world.names.function_at(address)) {
    out += function->name;
  } else {
    fmt::format_to(std::back_inserter(out), "{:x}", address);
  }
}

}  // namespace

void append_text_of(std::string& out, std::uint32_t place, const PrintWorld& world, std::size_t limit) {
  const PrintNode& node = world.values.node(place);
  switch (node.kind) {
    case Kind::text: out += node.text; return;
    case Kind::call: return append_call(out, place, world, limit);
    case Kind::cast: return append_text_of(out, node.children[0], world, limit);
    case Kind::conditional: {
      const bool yes = world.values.number(node.children[0]).bits != 0;
      return append_text_of(out, node.children[yes ? 1 : 2], world, limit);
    }
    default: break;
  }
  if (const auto bytes = world.values.bytes(place)) {
    append_characters(out, *bytes, limit);
  } else {
    append_kernel_text(out, world.values.number(place).bits, world);
  }
}

}  // namespace simdprof
