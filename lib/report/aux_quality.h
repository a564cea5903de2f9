#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/units.h"
#include "lib/report/json_out.h"

namespace simdprof {

/// What is missing of one AUX area, for one cause.
struct AuxAreaLoss {
  std::string_view cause;               ///< static text
  std::uint64_t intervals = 0;          ///< how often
  std::uint64_t bytes = 0;              ///< as far as it is known
  std::uint64_t unknown_intervals = 0;  ///< of `intervals`: those of which nobody knows the bytes
};

/// One AUX area of a recording. cpu or tid is -1: it follows the other.
struct AuxAreaQuality {
  std::int32_t cpu = -1;
  Tid tid = -1;
  std::uint64_t bytes = 0;  ///< that were recorded
  std::vector<AuxAreaLoss> losses;
};

/// The traces of a recording, for its quality header.
struct AuxQuality {
  std::vector<AuxAreaQuality> areas;    ///< none: nothing was traced
  std::optional<std::uint64_t> errors;  ///< of decoding; empty: nothing was decoded
};

/// (label, text) lines: one for all areas, and one for each with a loss.
std::vector<std::pair<std::string, std::string>> aux_lines(const AuxQuality& aux);
/// An object with `areas` and `errors`.
void write_aux(const AuxQuality& aux, JsonOut& json);

}  // namespace simdprof
