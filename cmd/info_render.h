#pragma once

#include "cmd/recording_summary.h"
#include "cmd/text_out.h"

namespace simdprof::cmd {

/// Everything `info` shows.
struct RecordingInfo {
  const RecordInput& input;
  InputFormat format;
  const RecordingFacts& facts;
  const RecordingSummary& summary;
  const Ledger& ledger;
};

void render_info_text(TextOut& out, const RecordingInfo& info);
/// One JSON object. Masks and ids are hexadecimal strings, counts and times (ns) numbers.
void render_info_json(TextOut& out, const RecordingInfo& info);

/// How many times smaller the file is than what it holds; 0 when it is not compressed.
double compression_ratio(const RecordingInfo& info);

}  // namespace simdprof::cmd
