#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/abi/perf_event.h"

namespace simdprof::cmd {

/// One field of an event's attributes that is not zero.
struct AttrField {
  std::string_view name;  ///< as the kernel spells it: "sample_type", "exclude_kernel"
  std::string value;      ///< "IP|TID|TIME", "999", "0xff0fff", "1" for a flag
};

/// The fields of an event in the kernel's order, those that are zero left out but for type, size and config.
std::vector<AttrField> attr_fields(const abi::EventAttr& attr);

}  // namespace simdprof::cmd
