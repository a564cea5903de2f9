#pragma once

#include <future>
#include <memory>
#include <string>
#include <unordered_map>

#include "lib/base/result.h"
#include "lib/symbols/kallsyms.h"

namespace simdprof {

/// What the running kernel lists of itself.
struct KernelListing {
  std::unique_ptr<KernelSymbols> symbols;             ///< of /proc/kallsyms; of a loaded one never nullptr
  std::unordered_map<std::string, VirtAddr> modules;  ///< of /proc/modules; empty where that is restricted
};

/// What /proc/kallsyms lists.
/// @return as load_text() and parse_kallsyms()
Result<std::unique_ptr<KernelSymbols>> load_kernel_symbols();
/// @return as load_kernel_symbols()
Result<KernelListing> load_kernel_listing();
/// The same in a thread of its own: to print /proc/kallsyms takes the kernel 50 ms and more.
using KernelListingAhead = std::future<Result<KernelListing>>;
KernelListingAhead load_kernel_listing_ahead();

}  // namespace simdprof
