#include "decoders/registers/image_registers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "decoders/registers/section_registers.h"
#include "lib/base/cursor.h"

namespace simdprof {
namespace {

constexpr bool has(std::uint64_t mask, unsigned component) { return ((mask >> component) & 1U) != 0; }

constexpr std::uint64_t kTableBits = ~(std::uint64_t{1} << abi::kXsaveComponents);  // bit 63 is no component

/// Bytes that the registers of a component take, or nullopt for components that hold no vector state.
constexpr std::optional<std::uint32_t> vector_state_bytes(unsigned component) {
  switch (component) {
    case abi::kXsaveSse:
    case abi::kXsaveYmmHi128: return 256;
    case abi::kXsaveOpmask: return 64;
    case abi::kXsaveZmmHi256: return 512;
    case abi::kXsaveHi16Zmm: return 1024;
    default: return std::nullopt;
  }
}

Presence component_presence(const RegisterImage& image, unsigned component) {
  if (!has(image.available, component)) return Presence::not_recorded;
  if (!has(image.in_use, component)) return Presence::init;
  return has(image.stored, component) ? Presence::valid : Presence::not_recorded;
}

/// Bytes of one stored component; empty when it is not stored.
std::span<const std::byte> component_bytes(const RegisterImage& image, const abi::XsaveTable& table, unsigned wanted) {
  if (!has(image.stored, wanted)) return {};
  Cursor in{image.data};
  for (unsigned component = 0; component < wanted; ++component) {
    if (has(image.stored, component)) in.skip(table.components[component].size);
  }
  return in.take(table.components[wanted].size);
}

/// Words first_word.. of a run of registers, which lie in one component one after another.
struct VectorPart {
  unsigned component;
  unsigned first_register;
  unsigned registers;
  unsigned first_word;
  unsigned words;
};

constexpr std::array kVectorParts = {
    VectorPart{abi::kXsaveSse, 0, 16, 0, 2},
    VectorPart{abi::kXsaveYmmHi128, 0, 16, 2, 2},
    VectorPart{abi::kXsaveZmmHi256, 0, 16, 4, 4},
    VectorPart{abi::kXsaveHi16Zmm, 16, 16, 0, 8},
};

void set_presence(VectorRegister& vector, const VectorPart& part, Presence presence) {
  if (part.first_word == 0) vector.xmm = presence;
  if (part.first_word <= 2 && part.first_word + part.words > 2) vector.ymm_high = presence;
  if (part.first_word + part.words > 4) vector.zmm_high = presence;
}

void decode_part(const RegisterImage& image, const abi::XsaveTable& table, const VectorPart& part, RegisterSet& out) {
  const Presence presence = component_presence(image, part.component);
  const WordView words{component_bytes(image, table, part.component)};
  const unsigned end = std::min(part.first_register + part.registers, vector_count(out));
  for (unsigned number = part.first_register; number < end; ++number) {
    VectorRegister& vector = out.vector[number];
    set_presence(vector, part, presence);
    if (presence != Presence::valid) continue;
    for (unsigned word = 0; word < part.words; ++word) {
      vector.words[part.first_word + word] = words[std::size_t{number - part.first_register} * part.words + word];
      vector.recorded_words = static_cast<std::uint8_t>(vector.recorded_words | (1U << (part.first_word + word)));
    }
  }
}

void decode_opmask(const RegisterImage& image, const abi::XsaveTable& table, RegisterSet& out) {
  out.opmask_presence = component_presence(image, abi::kXsaveOpmask);
  if (out.opmask_presence != Presence::valid) return;
  const WordView words{component_bytes(image, table, abi::kXsaveOpmask)};
  for (std::size_t i = 0; i < out.opmask.size(); ++i) out.opmask[i] = words[i];
}

/// MXCSR belongs to SSE and to AVX state: with both in INIT it has its reset value and the image's word says nothing.
void decode_mxcsr(const RegisterImage& image, RegisterSet& out) {
  if (!has(image.available, abi::kXsaveSse)) return;
  const bool in_use = has(image.in_use, abi::kXsaveSse) || has(image.in_use, abi::kXsaveYmmHi128);
  out.mxcsr = in_use ? image.mxcsr : abi::kMxcsrInit;
  out.mxcsr_presence = in_use ? Presence::valid : Presence::init;
}

Status check_component(const abi::XsaveTable& table, unsigned component) {
  const std::uint32_t size = table.components[component].size;
  if (size == 0) {
    return fail(Errc::malformed,
                fmt::format("register image stores component {}, the machine's table lacks it", component));
  }
  const auto wanted = vector_state_bytes(component);
  if (wanted && size != *wanted) {
    return fail(Errc::malformed, fmt::format("component {} has {} bytes in the machine's table, its registers take {}",
                                             component, size, *wanted));
  }
  return {};
}

}  // namespace

Status check_image(const RegisterImage& image, const abi::XsaveTable& table) {
  if ((image.stored & ~image.in_use) != 0 || (image.in_use & ~image.available) != 0 ||
      (image.available & ~kTableBits) != 0) {
    return fail(Errc::malformed, fmt::format("register image masks contradict each other: available {:#x}, in use "
                                             "{:#x}, stored {:#x}",
                                             image.available, image.in_use, image.stored));
  }
  if (image.time_ns < image.window_start_ns) {
    return fail(Errc::malformed, "register image ends before it starts");
  }
  std::uint64_t bytes = 0;
  for (unsigned component = 0; component < abi::kXsaveComponents; ++component) {
    if (!has(image.stored, component)) continue;
    if (auto checked = check_component(table, component); !checked) return checked;
    bytes += table.components[component].size;
  }
  if (bytes != image.data.size()) {
    return fail(Errc::malformed,
                fmt::format("register image has {} bytes, its components take {}", image.data.size(), bytes));
  }
  return {};
}

void decode_image(const RegisterImage& image, const abi::XsaveTable& table, RegisterSet& out) {
  for (const VectorPart& part : kVectorParts) decode_part(image, table, part, out);
  decode_opmask(image, table, out);
  decode_mxcsr(image, out);
  out.xstate_in_use = image.in_use;
  out.vector_origin = Origin::xstate;
}

}  // namespace simdprof
