#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "decoders/tracepoint/print_text.h"

namespace simdprof {
namespace {

using Kind = PrintNode::Kind;
using Function = PrintNode::Function;

std::string_view text_in(std::span<const std::byte> bytes) {
  const auto end = std::find(bytes.begin(), bytes.end(), std::byte{0});
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes are shown as the characters they are
  return {reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(end - bytes.begin())};
}

void append_flags(std::string& out, const PrintNode& call, const PrintWorld& world) {
  PrintValues& values = world.values;
  std::uint64_t left = values.number(call.children[0]).bits;
  const std::string& delimiter = values.node(call.children[1]).text;
  const bool is_zero = left == 0;
  bool any = false;
  for (std::size_t i = 2; i < call.children.size(); ++i) {
    const PrintNode& list = values.node(call.children[i]);
    const std::uint64_t bits = values.number(list.children[0]).bits;
    const bool fits = is_zero ? bits == 0 : bits != 0 && (left & bits) == bits;
    if (!fits) continue;
    if (any) out += delimiter;
    out += values.node(list.children[1]).text;
    any = true;
    left &= ~bits;
    if (is_zero) return;
  }
  if (left == 0) return;
  if (any) out += delimiter;
  fmt::format_to(std::back_inserter(out), "{:#x}", left);
}

void append_symbolic(std::string& out, const PrintNode& call, const PrintWorld& world) {
  PrintValues& values = world.values;
  const std::uint64_t value = values.number(call.children[0]).bits;
  for (std::size_t i = 1; i < call.children.size(); ++i) {
    const PrintNode& list = values.node(call.children[i]);
    if (values.number(list.children[0]).bits != value) continue;
    out += values.node(list.children[1]).text;
    return;
  }
  fmt::format_to(std::back_inserter(out), "{:#x}", value);
}

void append_hex(std::string& out, const PrintNode& call, const PrintWorld& world) {
  const auto bytes = world.values.bytes(call.children[0]);
  if (!bytes) return;
  const std::uint64_t count = world.values.number(call.children[1]).bits;
  const std::size_t shown = static_cast<std::size_t>(std::min<std::uint64_t>(count, bytes->size()));
  for (std::size_t i = 0; i < shown; ++i) {
    if (i != 0 && call.function == Function::hex) out += ' ';
    fmt::format_to(std::back_inserter(out), "{:02x}", std::to_integer<unsigned>((*bytes)[i]));
  }
}

// As many as the bytes hold. The kernel writes "{0x1,0x2}", libtraceevent and so perf "1 2": here as perf.
void append_array(std::string& out, const PrintNode& call, const PrintWorld& world) {
  const auto bytes = world.values.bytes(call.children[0]);
  const std::uint64_t count = world.values.number(call.children[1]).bits;
  const std::uint64_t size = world.values.number(call.children[2]).bits;
  if (!bytes || (size != 1 && size != 2 && size != 4 && size != 8)) return;
  const std::uint64_t shown = std::min<std::uint64_t>(count, bytes->size() / size);
  for (std::uint64_t i = 0; i < shown; ++i) {
    if (i != 0) out += ' ';
    const auto one = bytes->subspan(static_cast<std::size_t>(i * size), static_cast<std::size_t>(size));
    fmt::format_to(std::back_inserter(out), "{}", world.values.raw().number_in(one, false));
  }
}

// The longs of a mask, highest first; 32 bits between commas.
void append_mask(std::string& out, const PrintNode& call, const PrintWorld& world) {
  const TracepointField& field = world.values.field(world.values.node(call.children[0]));
  const auto bytes = world.values.raw().of(field);
  const std::size_t longs = bytes ? bytes->size() / world.long_bytes : 0;
  const bool one_word = longs == 1;
  for (std::size_t i = longs; i-- > 0;) {
    const auto word = bytes->subspan(i * world.long_bytes, world.long_bytes);
    const std::uint64_t value = world.values.raw().number_in(word, false);
    if (i + 1 != longs) out += ',';
    if (one_word && value <= UINT32_MAX) {
      fmt::format_to(std::back_inserter(out), "{:08x}", value);
    } else if (world.long_bytes == 4) {
      fmt::format_to(std::back_inserter(out), "{:08x}", value);
    } else {
      fmt::format_to(std::back_inserter(out), "{:08x},{:08x}", value >> 32U, value & UINT32_MAX);
    }
  }
}

void append_call(std::string& out, std::uint32_t place, const PrintWorld& world) {
  const PrintNode& call = world.values.node(place);
  switch (call.function) {
    case Function::flags: return append_flags(out, call, world);
    case Function::symbolic: return append_symbolic(out, call, world);
    case Function::hex:
    case Function::hex_text: return append_hex(out, call, world);
    case Function::array: return append_array(out, call, world);
    case Function::bitmask:
    case Function::cpumask: return append_mask(out, call, world);
    case Function::text:
    case Function::dynamic:
      if (const auto bytes = world.values.bytes(place)) out += text_in(*bytes);
      return;
    default: fmt::format_to(std::back_inserter(out), "{:#x}", world.values.number(place).bits);
  }
}

// A pointer to a text of the kernel's own, or to a function; else the number.
void append_kernel_text(std::string& out, VirtAddr address, const PrintWorld& world) {
  if (address == 0) {
    out += "(null)";
  } else if (const auto text = world.kernel_texts.find(address); text != world.kernel_texts.end()) {
    out += text->second;
  } else if (const auto function = world.names.function_at(address)) {
    out += function->name;
  } else {
    fmt::format_to(std::back_inserter(out), "{:x}", address);
  }
}

}  // namespace

void append_text_of(std::string& out, std::uint32_t place, const PrintWorld& world) {
  const PrintNode& node = world.values.node(place);
  switch (node.kind) {
    case Kind::text: out += node.text; return;
    case Kind::call: return append_call(out, place, world);
    case Kind::cast: return append_text_of(out, node.children[0], world);
    case Kind::conditional: {
      const bool yes = world.values.number(node.children[0]).bits != 0;
      return append_text_of(out, node.children[yes ? 1 : 2], world);
    }
    default: break;
  }
  if (const auto bytes = world.values.bytes(place)) {
    out += text_in(*bytes);
  } else {
    append_kernel_text(out, world.values.number(place).bits, world);
  }
}

}  // namespace simdprof
