#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "lib/model/location.h"
#include "lib/symbols/elf_image.h"
#include "lib/symbols/resolver.h"

namespace simdprof {

/// The file of a mapping, or why there is none.
struct FoundFile {
  std::unique_ptr<ElfImage> image;  ///< nullptr unless reason is resolved
  Unresolved reason = Unresolved::no_file;
  std::string detail;  ///< for the reader: which file, and what is wrong with it
};

/// Looks for the file that was mapped as `path`: below symfs, then by build id in perf's cache and the debug folders. A
/// file with another build id than the recorded one is never taken.
///
/// @param build_id  hex, as recorded; empty: unknown, the first file found is taken
FoundFile find_mapped_file(const SymbolOptions& options, const std::string& path, std::string_view build_id);

/// Opens a memory file or an opened file by the same rules.
FoundFile open_image(const SymbolOptions& options, UniqueFd fd, const std::string& path, std::string_view build_id);

/// Opens a file by path by the same rules; anything but a regular file is refused.
FoundFile open_image_at(const SymbolOptions& options, const std::string& path, std::string_view build_id);

}  // namespace simdprof
