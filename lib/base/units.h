#pragma once

#include <cstdint>
#include <limits>

namespace simdprof {

using Pid = std::int32_t;        ///< process id (tgid), as the kernel's records carry it
using Tid = std::int32_t;        ///< thread id
using VirtAddr = std::uint64_t;  ///< address in some process or in the kernel
using FileOffset = std::uint64_t;

inline constexpr std::uint64_t kNoTime = std::numeric_limits<std::uint64_t>::max();  ///< a time that was not recorded

}  // namespace simdprof
