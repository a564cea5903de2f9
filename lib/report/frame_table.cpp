#include "lib/report/frame_table.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace simdprof {

std::uint64_t Frame::hash() const {
  const std::uint64_t texts = (std::uint64_t{dso} << 32U) | symbol;
  const std::uint64_t rest = (std::uint64_t{srcline} << 32U) | (static_cast<std::uint64_t>(mode) << 16U) |
                             (static_cast<std::uint64_t>(reason) << 8U) | (inlined ? 1U : 0U);
  return mix_hash(texts + mix_hash(rest + mix_hash(start)));
}

FrameId FrameTable::intern(const Frame& frame) {
  const auto [id, added] = ids_.find_or_add(frame);
  if (added) {
    *id = static_cast<FrameId>(frames_.size());
    frames_.push_back(frame);
  }
  return *id;
}

FrameId FrameTable::add_placeholder() {
  frames_.emplace_back();
  return static_cast<FrameId>(frames_.size() - 1);
}

char mode_letter(CpuMode mode) {
  switch (mode) {
    case CpuMode::unknown: return '?';
    case CpuMode::kernel: return 'k';
    case CpuMode::user: return '.';
    case CpuMode::hypervisor: return 'H';
    case CpuMode::guest_kernel: return 'g';
    case CpuMode::guest_user: return 'u';
  }
  return '?';
}

namespace {

std::string line_text(const SourceFrame& frame, bool full_paths) {
  if (frame.file.empty() || frame.line == 0) return {};
  std::string_view file = frame.file;
  if (!full_paths) file.remove_prefix(file.rfind('/') + 1);  // npos + 1 is 0
  return fmt::format("{}:{}", file, frame.line);
}

/// The line of an address with the lines it was inlined at, innermost first.
std::string inline_path_text(const Location& location, const FrameDetail& detail) {
  std::string path;
  for (const SourceFrame& frame : location.frames) {
    const std::string line = line_text(frame, detail.full_paths);
    if (line.empty()) continue;
    if (!path.empty() && !detail.inlines) break;
    path += path.empty() ? line : fmt::format(" (inlined at {})", line);
  }
  return path;
}

/// What tells two functions of one name apart; for an unresolved address the address that is shown.
std::uint64_t frame_start(const Location& location) {
  if (!location.symbol.empty()) return location.dso_address - location.symbol_offset;
  switch (location.reason) {
    case Unresolved::no_map:
    case Unresolved::kernel_hidden:
    case Unresolved::guest: return location.address;  // no file that an address could be relative to
    case Unresolved::resolved:
    case Unresolved::anonymous_map:
    case Unresolved::no_file:
    case Unresolved::build_id_differs:
    case Unresolved::unreadable:
    case Unresolved::no_symbols:
    case Unresolved::outside_symbols: return location.dso_address;
  }
  return location.address;
}

}  // namespace

void append_frames(const Location& location, CpuMode mode, const FrameDetail& detail, TextPool& texts,
                   FrameTable& frames, std::vector<FrameId>& out) {
  const TextId dso = texts.intern(location.dso);
  if (detail.inlines) {
    for (const SourceFrame& source : location.frames) {
      if (!source.inlined || source.function.empty()) continue;
      Frame frame;
      frame.dso = dso;
      frame.symbol = texts.intern(source.function);
      frame.srcline = detail.lines ? texts.intern(line_text(source, detail.full_paths)) : 0;
      frame.mode = mode;
      frame.inlined = true;
      out.push_back(frames.intern(frame));
    }
  }
  Frame frame;
  frame.dso = dso;
  frame.symbol = texts.intern(location.symbol);
  frame.srcline = detail.lines ? texts.intern(inline_path_text(location, detail)) : 0;
  frame.start = frame_start(location);
  frame.mode = mode;
  frame.reason = location.symbol.empty() ? location.reason : Unresolved::resolved;
  out.push_back(frames.intern(frame));
}

}  // namespace simdprof
