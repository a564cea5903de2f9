#include "decoders/aux/x86_branch.h"

#include <array>

#include "lib/base/cursor.h"
#include "lib/model/aux_trace.h"

namespace simdprof {
namespace {

struct Opcode {
  std::uint8_t first, last;  ///< byte values, both included
  std::uint32_t flags;
};

constexpr std::uint32_t kCall = kAuxBranch | kAuxCall;
constexpr std::uint32_t kReturn = kAuxBranch | kAuxReturn;
constexpr std::uint32_t kConditional = kAuxBranch | kAuxConditional;

constexpr std::array kOneByte = {
    Opcode{0x70, 0x7f, kConditional},             // jcc rel8
    Opcode{0x9a, 0x9a, kCall},                    // call far, 32-bit code only
    Opcode{0xc2, 0xc3, kReturn},                  // ret
    Opcode{0xca, 0xcb, kReturn},                  // ret far
    Opcode{0xcc, 0xce, kCall | kAuxInterrupt},    // int3, int, into
    Opcode{0xcf, 0xcf, kReturn | kAuxInterrupt},  // iret
    Opcode{0xe0, 0xe3, kConditional},             // loop, jcxz
    Opcode{0xe8, 0xe8, kCall},                    // call rel32
    Opcode{0xe9, 0xeb, kAuxBranch},               // jmp rel32, far, rel8
    Opcode{0xf1, 0xf1, kCall | kAuxInterrupt},    // int1
};

constexpr std::array kAfter0f = {
    Opcode{0x05, 0x05, kCall | kAuxSyscall},    // syscall
    Opcode{0x07, 0x07, kReturn | kAuxSyscall},  // sysret
    Opcode{0x34, 0x34, kCall | kAuxSyscall},    // sysenter
    Opcode{0x35, 0x35, kReturn | kAuxSyscall},  // sysexit
    Opcode{0x80, 0x8f, kConditional},           // jcc rel32
};

template <std::size_t kSize>
std::uint32_t find_flags(const std::array<Opcode, kSize>& map, std::uint8_t byte) {
  for (const Opcode& opcode : map) {
    if (byte >= opcode.first && byte <= opcode.last) return opcode.flags;
  }
  return 0;
}

bool is_prefix(std::uint8_t byte) {
  switch (byte) {
    case 0x26:
    case 0x2e:
    case 0x36:
    case 0x3e:  // segments, notrack
    case 0x64:
    case 0x65:
    case 0x66:
    case 0x67:
    case 0xf0:
    case 0xf2:  // bnd
    case 0xf3: return true;
    default: return byte >= 0x40 && byte <= 0x4f;  // REX
  }
}

/// Group 5: the ModRM byte tells call from jmp.
std::uint32_t group5_flags(std::uint8_t modrm) {
  switch ((modrm >> 3U) & 7U) {
    case 2:
    case 3: return kCall;
    case 4:
    case 5: return kAuxBranch;
    default: return 0;
  }
}

}  // namespace

std::uint32_t x86_branch_flags(std::span<const std::byte> code) {
  Cursor in{code.first(code.size() < kMaxX86Instruction ? code.size() : kMaxX86Instruction)};
  std::uint8_t byte = in.u8();
  while (!in.failed() && is_prefix(byte)) byte = in.u8();
  if (in.failed()) return 0;
  std::uint32_t flags = 0;
  if (byte == 0x0f) {
    flags = find_flags(kAfter0f, in.u8());
  } else if (byte == 0xff) {
    flags = group5_flags(in.u8());
  } else {
    flags = find_flags(kOneByte, byte);
  }
  return in.failed() ? 0 : flags;
}

}  // namespace simdprof
