#include "lib/symbols/dso.h"

#include <array>
#include <utility>

#include "lib/symbols/demangle.h"
#include "lib/symbols/elf_symbols.h"
#include "lib/symbols/vdso_image.h"

namespace simdprof {

FoundFile find_vdso(const SymbolOptions& options, std::string_view build_id) {
  // The recording's kernel has its own vdso; only when it is this kernel, ours is the same.
  if (options.kernel_release != running_release()) {
    return {nullptr, Unresolved::no_file, "[vdso]: recorded on another kernel"};
  }
  auto fd = load_vdso();
  if (!fd) return {nullptr, Unresolved::no_file, "[vdso]: " + render_error(fd.error())};
  return open_image(options, *std::move(fd), "[vdso]", build_id);
}

std::string_view NamedSymbols::shown_name(const Symbol& symbol, InternedText& text) {
  std::string_view& shown = shown_[table_.index_of(symbol)];
  if (shown.data() != nullptr) return shown;
  shown = text.intern(symbol.name);
  if (demangle_ && symbol.name.starts_with('_')) {
    const std::string unversioned(symbol.name.substr(0, symbol.name.find('@')));
    if (const auto demangled = demangle(unversioned.c_str())) {
      const bool plt = symbol.name.ends_with("@plt");
      shown = text.intern(plt ? *demangled + "@plt" : *demangled);
    }
  }
  return shown;
}

MapKind map_kind(std::string_view path) {
  if (path == "[vdso]") return MapKind::vdso;
  constexpr std::array<std::string_view, 8> kNoFile = {"[",     "//anon",  "/anon_hugepage", "/dev/zero",
                                                       "/SYSV", "/memfd:", "anon_inode:",    "/i915"};
  if (path.empty()) return MapKind::anonymous;
  for (const std::string_view prefix : kNoFile) {
    if (path.starts_with(prefix)) return MapKind::anonymous;
  }
  return MapKind::file;
}

std::string_view short_name(std::string_view path) {
  if (path.empty()) return "//anon";
  if (path.front() == '[' || path.starts_with("//")) return path;
  return path.substr(path.rfind('/') + 1);
}

FileOffset offset_in_file(const Mapping& mapping, VirtAddr address) {
  const FileOffset start = map_kind(mapping.path) == MapKind::vdso ? 0 : mapping.file_offset;
  return start + (address - mapping.start);
}

std::unique_ptr<Dso> load_dso(const SymbolOptions& options, std::string_view path, std::string_view build_id,
                              InternedText& text) {
  auto dso = std::make_unique<Dso>();
  dso->path = text.intern(path);
  dso->name = text.intern(short_name(path));
  const MapKind kind = map_kind(path);
  if (kind == MapKind::anonymous) {
    dso->reason = Unresolved::anonymous_map;
    return dso;
  }
  FoundFile found =
      kind == MapKind::vdso ? find_vdso(options, build_id) : find_mapped_file(options, std::string(path), build_id);
  dso->reason = found.reason;
  dso->detail = std::move(found.detail);
  dso->image = std::move(found.image);
  if (dso->image == nullptr) return dso;
  dso->symbols = NamedSymbols(load_symbols(*dso->image, text), options.demangle);
  if (dso->symbols.table().all().empty()) {
    dso->reason = Unresolved::no_symbols;
    dso->detail = std::string(path) + ": neither symbol table nor debug file";
  }
  return dso;
}

LineIndex* lines_of(Dso& dso, InternedText& text, bool demangle) {
  if (!dso.lines_tried && dso.image != nullptr) {
    dso.lines_tried = true;
    Dwarf_Addr bias = 0;
    if (Dwarf* dwarf = dso.image->dwarf(bias); dwarf != nullptr) {
      dso.lines = std::make_unique<LineIndex>(dwarf, bias, text, demangle);
    }
  }
  return dso.lines.get();
}

}  // namespace simdprof
