#pragma once

#include <future>

#include "lib/model/record_input.h"
#include "lib/symbols/kernel_listing.h"

namespace simdprof::cmd {

/// For Session::open: starts to read the running kernel's symbols into `listing` when the recording is of this kernel,
/// has kernel samples and is so large that to open it takes as long.
OnInputHead read_kernel_beside(KernelListingAhead& listing);

}  // namespace simdprof::cmd
