#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace simdprof::cmd {

// Values of command line options; each returns an error of kind usage that says what the value should be.

/// "5", "2.5", "2.5s", "300ms", "2m" to milliseconds; a bare number is seconds.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);
/// Pages of a ring and of its AUX area; 0: not given.
struct RingPages {
  std::size_t data = 0, aux = 0;
};
/// "128", "512K", "128,4M", ",4M": pages, or bytes with a unit; rounded up to a power of two.
Result<RingPages> parse_ring_pages(std::string_view text, std::size_t page_bytes);
/// "4096", "64K", "2M": bytes, up to 1 GiB. `option` is named in the error.
Result<std::size_t> parse_byte_size(std::string_view option, std::string_view text);
/// "1,2,3" to ids above 0.
Result<std::vector<std::int32_t>> parse_id_list(std::string_view text);

struct CallGraphValue {
  bool dwarf = false;
  std::uint32_t stack_bytes = 8192;  ///< a multiple of 8, at most 65528
};
/// "fp", "dwarf" or "dwarf,SIZE".
Result<CallGraphValue> parse_call_graph(std::string_view text);

}  // namespace simdprof::cmd
