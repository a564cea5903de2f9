#include "lib/symbols/source_files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <limits>
#include <span>
#include <utility>

#include "lib/base/fd.h"

namespace simdprof {
namespace {

bool is_short_regular_file(const struct stat& status, std::size_t most_bytes) {
  return S_ISREG(status.st_mode) && status.st_size >= 0 && static_cast<std::uint64_t>(status.st_size) <= most_bytes;
}

// To open a device can do something: what it is, is asked before. O_NONBLOCK is for a FIFO that was put there since.
std::optional<std::string> load_source(const std::string& path, std::size_t most_bytes) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !is_short_regular_file(status, most_bytes)) return std::nullopt;
  const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  if (!fd.valid() || ::fstat(fd.get(), &status) != 0 || !is_short_regular_file(status, most_bytes)) return std::nullopt;
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  const auto got = read_up_to(fd.get(), std::as_writable_bytes(std::span(text.data(), text.size())));
  if (!got) return std::nullopt;
  text.resize(*got);
  return text;
}

// Where the line behind the one at `begin` begins; npos: `begin` is in the last line.
std::size_t next_line(std::string_view text, std::size_t begin) {
  const std::size_t end = text.find('\n', begin);
  return end == std::string_view::npos || end + 1 == text.size() ? std::string_view::npos : end + 1;
}

std::vector<std::uint32_t> line_starts(std::string_view text, std::uint32_t step) {
  std::vector<std::uint32_t> starts;
  std::uint32_t number = 0;
  for (std::size_t at = text.empty() ? std::string_view::npos : 0; at != std::string_view::npos; ++number) {
    if (number % step == 0) starts.push_back(static_cast<std::uint32_t>(at));
    at = next_line(text, at);
  }
  return starts;
}

}  // namespace

std::optional<std::string_view> SourceFiles::find_line(std::string_view path, std::uint32_t number) {
  if (path.empty() || number == 0) return std::nullopt;
  const File* const file = find_file(path);
  const std::uint32_t index = number - 1;
  if (file == nullptr || index / kStep >= file->starts.size()) return std::nullopt;
  const std::string_view text = file->text;
  std::size_t begin = file->starts[index / kStep];
  for (std::uint32_t left = index % kStep; left != 0 && begin != std::string_view::npos; --left) {
    begin = next_line(text, begin);
  }
  if (begin == std::string_view::npos) return std::nullopt;
  std::string_view line = text.substr(begin);
  line = line.substr(0, std::min(line.find('\n'), kMostLineBytes));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

const SourceFiles::File* SourceFiles::find_file(std::string_view path) {
  const auto found = files_.find(path);
  if (found == files_.end()) return load_file(path);
  found->second.last_use = ++uses_;
  return &found->second;
}

const SourceFiles::File* SourceFiles::load_file(std::string_view path) {
  constexpr std::size_t kMostOfStarts = std::numeric_limits<std::uint32_t>::max();
  constexpr std::size_t kMostAbsent = 65536;
  if (absent_.contains(path)) return nullptr;
  std::string name(path);
  const std::size_t left = limits_.bytes_read - std::min(bytes_read_, limits_.bytes_read);
  auto text = load_source(name, std::min({limits_.bytes, left, kMostOfStarts}));
  if (!text) {
    if (absent_.size() < kMostAbsent) absent_.insert(std::move(name));
    return nullptr;
  }
  make_room(text->size());
  bytes_ += text->size();
  bytes_read_ += text->size();
  File file;
  file.starts = line_starts(*text, kStep);
  file.text = *std::move(text);
  file.last_use = ++uses_;
  return &files_.emplace(std::move(name), std::move(file)).first->second;
}

// Forgets the files that were not used for the longest time.
void SourceFiles::make_room(std::size_t bytes) {
  while (!files_.empty() && (files_.size() >= limits_.files || bytes_ + bytes > limits_.bytes)) {
    const auto oldest = std::min_element(files_.begin(), files_.end(), [](const auto& one, const auto& other) {
      return one.second.last_use < other.second.last_use;
    });
    bytes_ -= oldest->second.text.size();
    files_.erase(oldest);
  }
}

}  // namespace simdprof
