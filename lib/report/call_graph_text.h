#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <vector>

#include "lib/report/call_graph.h"

namespace simdprof {

/// Draws the call graph of one row below it, as `perf report --stdio` does.
///
/// @param branches      of CallGraphs::build
/// @param row_weight    of the row: a single branch that has all of it stands without a percentage
/// @param total_events  what percentages are of with Share::graph
void render_call_graph(const Profile& profile, const std::vector<CallNode>& branches, const CallGraphOptions& options,
                       const Weight& row_weight, std::uint64_t total_events, fmt::memory_buffer& out);

}  // namespace simdprof
