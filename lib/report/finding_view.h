#pragma once

#include <fmt/format.h>

#include "lib/report/view.h"

namespace simdprof {

/// The findings of `view.quality` by rule, function, CPU and thread, as a table for people below the quality header.
void render_findings_text(const ReportView& view, fmt::memory_buffer& out);
/// RFC 4180: a heading row, then one row a line of that table.
void render_findings_csv(const ReportView& view, fmt::memory_buffer& out);
/// As render_findings_csv, tab-separated.
void render_findings_tsv(const ReportView& view, fmt::memory_buffer& out);
/// One JSON object: "quality" and "findings".
void render_findings_json(const ReportView& view, fmt::memory_buffer& out);

}  // namespace simdprof
