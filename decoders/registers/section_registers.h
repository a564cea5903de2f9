#pragma once

#include "lib/model/register_set.h"
#include "lib/model/sample.h"

namespace simdprof {

/// Rebuilds a register set from one section of a sample: general registers, and vectors from the legacy XMM bits
/// 32..63 or from the SIMD ABI's part, which bit 2 of the section's abi tells apart.
///
/// @param vector_origin  where vectors in this section come from, if there are any
/// @param out            a set with nothing recorded
void decode_section(const RegisterBlock& block, Origin vector_origin, RegisterSet& out);

/// BX and R12..R15: not saved on the way into the kernel, so that an NMI cannot read the user's.
inline constexpr std::uint64_t kNmiUnreadRegisters =
    (std::uint64_t{1} << abi::PERF_REG_X86_BX) | (std::uint64_t{0xf} << (abi::PERF_REG_X86_R15 - 3));

/// Whether the general registers of a kernel-mode hit are those of an NMI: kNmiUnreadRegisters are there and all ones.
bool nmi_did_not_read(const RegisterSet& user);

}  // namespace simdprof
