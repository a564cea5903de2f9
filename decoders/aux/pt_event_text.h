#pragma once

#include <intel-pt.h>
#include <string>
#include <string_view>

#include "lib/base/units.h"

namespace simdprof {

/// What an event of libipt says, as its ptxed writes it: "interrupt, from: ..." becomes name and text.
struct PtEventText {
  std::string_view name;  ///< "enabled", "ptwrite", ...
  VirtAddr ip = 0;        ///< 0: the event does not tell
  std::uint64_t value = 0;
  std::string text;
};

PtEventText render_pt_event(const pt_event& event);

}  // namespace simdprof
