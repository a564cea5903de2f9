#include "lib/capture/proc_maps.h"

#include <charconv>
#include <optional>

namespace simdprof {
namespace {

// Takes one number and the character after it. `after` 0: anything may follow.
template <class T>
bool take_number(std::string_view& text, int base, char after, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (after == 0) return true;
  if (!text.starts_with(after)) return false;
  text.remove_prefix(1);
  return true;
}

bool take_permissions(std::string_view& text, ProcMapping& mapping) {
  if (text.size() < 5 || text[4] != ' ') return false;
  if (text[0] == 'r') mapping.prot |= kMappingRead;
  if (text[1] == 'w') mapping.prot |= kMappingWrite;
  if (text[2] == 'x') mapping.prot |= kMappingExecute;
  mapping.flags = text[3] == 's' ? kMappingShared : kMappingPrivate;
  text.remove_prefix(5);
  return true;
}

// The kernel writes a newline in a name as \012.
std::string unescape(std::string_view path) {
  constexpr std::string_view kNewline = "\\012";
  std::string out;
  for (;;) {
    const std::size_t at = path.find(kNewline);
    out += path.substr(0, at);
    if (at == std::string_view::npos) return out;
    out += '\n';
    path.remove_prefix(at + kNewline.size());
  }
}

// "start-end perms offset major:minor inode   path"
std::optional<ProcMapping> parse_line(std::string_view line) {
  ProcMapping mapping;
  const bool read = take_number(line, 16, '-', mapping.start) && take_number(line, 16, ' ', mapping.end) &&
                    take_permissions(line, mapping) && take_number(line, 16, ' ', mapping.file_offset) &&
                    take_number(line, 16, ':', mapping.major) && take_number(line, 16, ' ', mapping.minor) &&
                    take_number(line, 10, 0, mapping.inode) && mapping.start < mapping.end;
  if (!read) return std::nullopt;
  const std::size_t path = line.find_first_not_of(' ');
  if (path != std::string_view::npos) mapping.path = unescape(line.substr(path));
  return mapping;
}

}  // namespace

std::vector<ProcMapping> parse_proc_maps(std::string_view text) {
  std::vector<ProcMapping> mappings;
  while (!text.empty()) {
    const std::size_t newline = text.find('\n');
    if (auto mapping = parse_line(text.substr(0, newline))) mappings.push_back(std::move(*mapping));
    if (newline == std::string_view::npos) break;
    text.remove_prefix(newline + 1);
  }
  return mappings;
}

}  // namespace simdprof
