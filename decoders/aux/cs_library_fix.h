#pragma once

namespace simdprof {

/// Does nothing. Who uses the library calls it, so that the linker takes cs_library_fix.cpp, which mends the library.
void link_library_fix();

}  // namespace simdprof
