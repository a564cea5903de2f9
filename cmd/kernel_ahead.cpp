#include "cmd/kernel_ahead.h"

#include <cstdint>

#include "lib/symbols/vdso_image.h"

namespace simdprof::cmd {

OnInputHead read_kernel_beside(KernelListingAhead& listing) {
  constexpr std::uint64_t kLargeBytes = std::uint64_t{16} << 20U;
  return [&listing](const InputHead& head) {
    if (head.file_bytes < kLargeBytes || !head.samples_kernel || head.kernel_release != running_release()) return;
    listing = load_kernel_listing_ahead();
  };
}

}  // namespace simdprof::cmd
