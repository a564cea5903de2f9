#include "cmd/aux_code_files.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "lib/symbols/dso.h"
#include "lib/symbols/file_search.h"

namespace simdprof::cmd {

AuxCodeFiles::AuxCodeFiles(SymbolOptions options, const std::vector<AuxMapHistory::File>& files)
    : options_(std::move(options)), files_(files), opened_(std::make_unique<Opened[]>(files.size())) {}

AuxCodeFiles::~AuxCodeFiles() = default;

void AuxCodeFiles::open(std::uint32_t file, Opened& opened) const {
  const AuxMapHistory::File& wanted = files_[file];
  FoundFile found;
  switch (map_kind(wanted.path)) {
    case MapKind::anonymous: opened.reason = Unresolved::anonymous_map; return;
    case MapKind::vdso: found = find_vdso(options_, wanted.build_id); break;
    case MapKind::file: found = find_mapped_file(options_, wanted.path, wanted.build_id); break;
  }
  opened.reason = found.reason;
  opened.detail = std::move(found.detail);
  if (found.image == nullptr) return;
  opened.bytes = found.image->bytes_at(0, std::numeric_limits<std::size_t>::max());
  if (opened.bytes.empty()) {
    opened.reason = Unresolved::unreadable;
    return;
  }
  opened.image = std::move(found.image);
}

std::size_t AuxCodeFiles::read(std::uint32_t file, FileOffset offset, std::span<std::byte> out) const {
  if (file >= files_.size()) return 0;
  Opened& opened = opened_[file];
  std::call_once(opened.once, [&] { open(file, opened); });
  if (offset >= opened.bytes.size()) return 0;
  const std::size_t size = std::min<std::size_t>(out.size(), opened.bytes.size() - offset);
  std::copy_n(opened.bytes.begin() + static_cast<std::ptrdiff_t>(offset), size, out.begin());
  return size;
}

std::vector<Resolver::Problem> AuxCodeFiles::problems() const {
  std::vector<Resolver::Problem> problems;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    const Opened& opened = opened_[i];
    if (opened.reason == Unresolved::resolved || opened.reason == Unresolved::anonymous_map) continue;
    problems.push_back({files_[i].path, opened.reason, opened.detail});
  }
  return problems;
}

}  // namespace simdprof::cmd
