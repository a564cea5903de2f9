#include "lib/report/view.h"

#include <iterator>

#include "lib/base/shown_text.h"

namespace simdprof {

void render_quality(const Quality& quality, bool verbose, fmt::memory_buffer& out) {
  for (const auto& [label, text] : quality_lines(quality, verbose)) {
    fmt::format_to(std::back_inserter(out), "# {:<11}  ", label);
    append_shown(out, text);
    out.push_back('\n');
  }
}

std::string frame_name(const TextPool& texts, const Frame& frame) {
  if (frame.symbol != 0) return std::string(texts.text(frame.symbol));
  return fmt::format("0x{:016x}", frame.start);
}

std::string_view event_name(const ReportView& view, const Section& section) {
  const auto& events = view.quality.events;
  return section.event < events.size() ? std::string_view(events[section.event].name) : "unknown event";
}

std::string width_text(SimdWidth width) {
  if (width == SimdWidth::unknown) return "-";
  if (is_sve(width)) return fmt::format("{}{}", simd_width_name(width), static_cast<unsigned>(width));
  return std::string(simd_width_name(width));
}

}  // namespace simdprof
