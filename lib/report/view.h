#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/report/call_graph.h"
#include "lib/report/profile.h"
#include "lib/report/quality.h"
#include "lib/report/rows.h"

namespace simdprof {

/// Everything a view shows. Each view appends to a buffer; none prints.
struct ReportView {
  const Profile& profile;
  const Quality& quality;
  const std::vector<Section>& sections;        ///< one an event
  std::optional<CallGraphOptions> call_graph;  ///< -g
  bool quiet = false;                          ///< rows only
  bool verbose = false;
};

/// The quality header as '#' lines.
void render_quality(const Quality& quality, bool verbose, fmt::memory_buffer& out);

/// Tables for people: quality header, a table an event, call graphs below their rows, and a legend.
void render_text(const ReportView& view, fmt::memory_buffer& out);
/// RFC 4180: one heading row, then the rows of all events. SIMD states are counts of samples; an empty field is "not
/// recorded".
void render_csv(const ReportView& view, fmt::memory_buffer& out);
/// As render_csv, tab-separated.
void render_tsv(const ReportView& view, fmt::memory_buffer& out);
/// One JSON object: "quality" and "events". null is "not recorded".
void render_json(const ReportView& view, fmt::memory_buffer& out);

/// Name of a frame: its symbol, or its address as "0x000000000001a2b0".
std::string frame_name(const TextPool& texts, const Frame& frame);
/// Name of the event of a section.
std::string_view event_name(const ReportView& view, const Section& section);
/// "XMM", "SVE512", ... as -s simd shows it; "-" when not recorded.
std::string width_text(SimdWidth width);

}  // namespace simdprof
