#include "lib/symbols/file_search.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdlib>
#include <utility>
#include <vector>

namespace simdprof {
namespace {

bool is_hex_id(std::string_view id) {
  return id.size() >= 4 && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// Places of a file that is known by its build id alone. The debug files of these folders (".debug") do not do: they
/// have lost the file offsets of the program, by which mappings are told.
std::vector<std::string> places_by_id(const SymbolOptions& options, std::string_view id) {
  std::vector<std::string> places;
  if (!is_hex_id(id)) return places;
  const std::string key = fmt::format(".build-id/{}/{}", id.substr(0, 2), id.substr(2));
  if (const char* home = std::getenv("HOME"); home != nullptr && home[0] == '/') {
    places.push_back(fmt::format("{}/.debug/{}/elf", home, key));
  }
  std::vector<std::string> dirs = options.debug_dirs;
  if (!options.symfs.empty()) dirs.push_back(options.symfs + "/usr/lib/debug");
  dirs.emplace_back("/usr/lib/debug");
  for (const std::string& dir : dirs) places.push_back(fmt::format("{}/{}", dir, key));
  return places;
}

}  // namespace

FoundFile open_image(const SymbolOptions& options, UniqueFd fd, const std::string& path, std::string_view build_id) {
  auto image = ElfImage::open(std::move(fd), path, DebugSearch{options.symfs, options.debug_dirs});
  if (!image) return {nullptr, Unresolved::unreadable, render_error(image.error())};
  const std::string& found = (*image)->build_id();
  if (!build_id.empty() && !same_build_id(build_id, found)) {
    return {nullptr, Unresolved::build_id_differs,
            fmt::format("{}: build id {}, recorded was {}", path, found.empty() ? "absent" : found, build_id)};
  }
  return {*std::move(image), Unresolved::resolved, {}};
}

FoundFile open_image_at(const SymbolOptions& options, const std::string& path, std::string_view build_id) {
  // The path may come from a foreign recording: opening a FIFO would block, opening a device may do anything.
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return {nullptr, Unresolved::no_file, path + ": no such file"};
  if (!S_ISREG(status.st_mode)) return {nullptr, Unresolved::no_file, path + ": not a regular file"};
  auto fd = open_to_read(path);
  if (!fd) return {nullptr, Unresolved::no_file, render_error(fd.error())};
  return open_image(options, *std::move(fd), path, build_id);
}

FoundFile find_mapped_file(const SymbolOptions& options, const std::string& path, std::string_view build_id) {
  FoundFile first = open_image_at(options, options.symfs + path, build_id);
  if (first.image != nullptr || build_id.empty()) return first;
  // A file that was replaced while it was mapped: the new one may be the same, and only then does it do.
  constexpr std::string_view kDeleted = " (deleted)";
  if (path.ends_with(kDeleted)) {
    FoundFile again = open_image_at(options, options.symfs + path.substr(0, path.size() - kDeleted.size()), build_id);
    if (again.image != nullptr) return again;
  }
  for (const std::string& place : places_by_id(options, build_id)) {
    FoundFile other = open_image_at(options, place, build_id);
    if (other.image != nullptr) return other;
  }
  return first;
}

}  // namespace simdprof
