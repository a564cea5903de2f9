#include "lib/symbols/kernel_listing.h"

#include <cstddef>
#include <utility>

#include "lib/base/fd.h"

namespace simdprof {
namespace {

constexpr std::size_t kKallsymsLimit = std::size_t{512} << 20U;

}  // namespace

Result<std::unique_ptr<KernelSymbols>> load_kernel_symbols() {
  auto text = load_text("/proc/kallsyms", kKallsymsLimit);
  if (!text) return fail(text.error());
  return parse_kallsyms(*std::move(text));
}

Result<KernelListing> load_kernel_listing() {
  auto symbols = load_kernel_symbols();
  if (!symbols) return fail(symbols.error());
  KernelListing listing;
  listing.symbols = *std::move(symbols);
  if (const auto modules = load_text("/proc/modules")) listing.modules = parse_modules(*modules);
  return listing;
}

KernelListingAhead load_kernel_listing_ahead() {
  return std::async(std::launch::async | std::launch::deferred, load_kernel_listing);
}

}  // namespace simdprof
