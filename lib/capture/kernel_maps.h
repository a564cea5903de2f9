#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/units.h"

namespace simdprof {

/// Where the kernel image or one module lies.
struct KernelMapping {
  VirtAddr start = 0;
  std::uint64_t length = 0;  ///< bytes
  FileOffset file_offset = 0;
  std::string name;  ///< "[kernel.kallsyms]_text" or "[module]", as the perf tool names them
};

/// Address of symbol `_text` in the text of /proc/kallsyms; empty when it is not there or hidden (shown as 0).
std::optional<VirtAddr> find_kernel_text(std::string_view kallsyms);
/// Modules of /proc/modules, ascending; those whose address is hidden are left out.
std::vector<KernelMapping> parse_modules(std::string_view modules);
/// The kernel from `text` up to the first module above it (or the end of the addresses), then the modules.
std::vector<KernelMapping> arrange_kernel(VirtAddr text, std::vector<KernelMapping> modules);

/// From /proc/kallsyms and /proc/modules; empty when the addresses are not shown to us. Reads only the head of
/// kallsyms, which has _text among its first symbols and is 10 MB long.
std::vector<KernelMapping> load_kernel_mappings();

}  // namespace simdprof
