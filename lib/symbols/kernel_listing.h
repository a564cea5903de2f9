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
  Status status;                                      ///< of /proc/kallsyms
  std::unique_ptr<KernelSymbols> symbols;             ///< nullptr when the status is a failure
  std::unordered_map<std::string, VirtAddr> modules;  ///< of /proc/modules; empty where that is restricted
};

KernelListing load_kernel_listing();
/// The same in a thread of its own: to print /proc/kallsyms takes the kernel 50 ms and more.
std::future<KernelListing> load_kernel_listing_ahead();

}  // namespace simdprof
