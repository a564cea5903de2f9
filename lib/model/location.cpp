#include "lib/model/location.h"

namespace simdprof {

std::string_view unresolved_name(Unresolved reason) {
  switch (reason) {
    case Unresolved::resolved: return "resolved";
    case Unresolved::no_map: return "no mapping";
    case Unresolved::anonymous_map: return "anonymous mapping";
    case Unresolved::no_file: return "file not found";
    case Unresolved::build_id_differs: return "build id differs";
    case Unresolved::unreadable: return "file unreadable";
    case Unresolved::no_symbols: return "no symbols in file";
    case Unresolved::outside_symbols: return "outside all symbols";
    case Unresolved::kernel_hidden: return "kernel symbols hidden";
    case Unresolved::guest: return "guest address";
  }
  return "unknown";
}

}  // namespace simdprof
