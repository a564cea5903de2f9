#include "cmd/aux_error_filter.h"

namespace simdprof::cmd {

bool AuxErrorFilter::tells(std::string_view file) {
  constexpr unsigned kTold = 2;
  if (!all_ && !file.empty()) {
    const auto count = of_file_.try_emplace(std::string(file), tried_before_.contains(file) ? 1U : 0U).first;
    if (count->second == kTold) {
      ++left_out_;
      return false;
    }
    ++count->second;
  }
  ++told_;
  return true;
}

}  // namespace simdprof::cmd
