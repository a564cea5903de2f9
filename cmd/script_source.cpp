#include "cmd/script_source.h"

#include <fmt/format.h>

#include <iterator>

#include "lib/base/shown_text.h"

namespace simdprof::cmd {
namespace {

// Tabs stay, as the columns of source text are made of them.
void append_source(TextBuffer& out, std::string_view text) {
  while (true) {
    const std::size_t tab = text.find('\t');
    append_shown(out, text.substr(0, tab));
    if (tab == std::string_view::npos) return;
    append_text(out, "\t");
    text.remove_prefix(tab + 1);
  }
}

}  // namespace

std::optional<std::string_view> SourceText::find(const Location& place) {
  if (place.frames.empty()) return std::nullopt;
  const SourceFrame& frame = place.frames.front();
  return files_.find_line(frame.file, frame.line);
}

void SourceText::append(TextBuffer& out, Tid tid, const Location& place) {
  if (place.frames.empty()) return;
  const SourceFrame& frame = place.frames.front();
  Shown& shown = shown_[tid];
  if (shown.file == frame.file.data() && shown.line == frame.line) return;
  const auto text = find(place);
  if (!text) return;
  shown = {frame.file.data(), frame.line};
  fmt::format_to(std::back_inserter(out), "|{:<8} ", frame.line);
  append_source(out, *text);
  append_text(out, "\n");
}

}  // namespace simdprof::cmd
