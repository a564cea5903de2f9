#pragma once

#include <cstdint>
#include <limits>

namespace simdprof {

using Pid = std::int32_t;        ///< process id (tgid), as the kernel's records carry it
using Tid = std::int32_t;        ///< thread id
using VirtAddr = std::uint64_t;  ///< address in some process or in the kernel
using FileOffset = std::uint64_t;

/// User addresses of every 64-bit architecture that Linux runs on here lie in the lower half, the kernel's in the
/// upper.
constexpr bool in_upper_half(VirtAddr address) { return (address >> 63U) != 0; }

inline constexpr std::uint64_t kNoTime = std::numeric_limits<std::uint64_t>::max();  ///< a time that was not recorded

}  // namespace simdprof
