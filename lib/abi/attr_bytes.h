#pragma once

#include <cstdint>
#include <span>

#include "lib/abi/perf_event.h"
#include "lib/base/cursor.h"

namespace simdprof::abi {

/// perf_event_attr field by field; a field that the bytes end before is 0, as in the kernel. Bytes beyond our mirror
/// are not looked at, see has_unknown_fields(). The flags of a big-endian machine, whose compilers count bit fields
/// from the other end, come out as AttrFlag has them.
EventAttr decode_attr(Cursor in);

/// Whether an attr is longer than our mirror and says something there.
bool has_unknown_fields(std::span<const std::byte> attr);

/// The flag word of a big-endian writer, read as a big-endian number, in our order.
std::uint64_t mirror_attr_flags(std::uint64_t flags);

}  // namespace simdprof::abi
