#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace simdprof {

/// The longest x86 instruction, in bytes.
inline constexpr std::size_t kMaxX86Instruction = 15;

/// What the x86 instruction at code[0] does to the flow, as AuxBranchFlag; 0 where it is no branch or the bytes end
/// before its opcode. Prefixes are passed over; 64-bit code is assumed, which reads branches of 32-bit code alike.
/// Source: Intel SDM volume 2, appendix A, opcode maps.
std::uint32_t x86_branch_flags(std::span<const std::byte> code);

}  // namespace simdprof
