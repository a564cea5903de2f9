#include "lib/symbols/elf_image.h"

#include <elfutils/libdwelf.h>
#include <fmt/format.h>
#include <gelf.h>

#include <algorithm>

namespace simdprof {
namespace {

// Real files have about ten; a header may claim 65535 (or 2^32 by extension).
constexpr std::size_t kSegmentLimit = 4096;

/// No further look-ups: the file is given by its descriptor.
int find_no_elf(Dwfl_Module* /*module*/, void** /*userdata*/, const char* /*name*/, Dwarf_Addr /*base*/,
                char** /*file_name*/, Elf** /*elf*/) {
  return -1;
}

/// libdwfl unpacks .gnu_debugdata as a whole and without a bound, so a big one is not given to it. Real ones have a few
/// hundred KiB. (Compressed debug sections are bound by libelf itself, to the best that zlib can do.)
Status check_packed_symbols(Elf* elf) {
  constexpr std::uint64_t kPackedLimit = std::uint64_t{8} << 20U;
  std::size_t names = 0;
  if (elf_getshdrstrndx(elf, &names) != 0) return {};
  GElf_Shdr header;
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section)) != nullptr;) {
    if (gelf_getshdr(section, &header) == nullptr || header.sh_size <= kPackedLimit) continue;
    const char* name = elf_strptr(elf, names, header.sh_name);
    if (name != nullptr && std::string_view(name) == ".gnu_debugdata") {
      return fail(Errc::limit, fmt::format(".gnu_debugdata of {} bytes", header.sh_size));
    }
  }
  return {};
}

/// "+" asks for the CRC of debug links to be checked; the empty element is the folder of the file itself.
std::string debug_path_of(const DebugSearch& search) {
  std::string path = "+:.debug";
  for (const std::string& dir : search.debug_dirs) path += ":" + dir;
  if (!search.symfs.empty()) path += ":" + search.symfs + "/usr/lib/debug";
  return path + ":/usr/lib/debug";
}

}  // namespace

std::string hex_text(const unsigned char* bytes, std::size_t size) {
  std::string text;
  text.reserve(size * 2);
  for (std::size_t i = 0; i < size; ++i) fmt::format_to(std::back_inserter(text), "{:02x}", bytes[i]);
  return text;
}

bool same_build_id(std::string_view recorded, std::string_view found) {
  if (recorded.size() <= found.size()) return recorded == found;
  return !found.empty() && recorded.starts_with(found) &&
         recorded.find_first_not_of('0', found.size()) == std::string_view::npos;
}

Result<std::unique_ptr<ElfImage>> ElfImage::open(UniqueFd fd, const std::string& path, const DebugSearch& search) {
  std::unique_ptr<ElfImage> image(new ElfImage);
  image->debug_path_ = debug_path_of(search);
  image->debug_path_text_ = image->debug_path_.data();
  image->callbacks_.find_elf = find_no_elf;
  image->callbacks_.find_debuginfo = dwfl_standard_find_debuginfo;
  image->callbacks_.debuginfo_path = &image->debug_path_text_;
  image->dwfl_ = dwfl_begin(&image->callbacks_);
  if (image->dwfl_ == nullptr) return fail(Errc::limit, "no memory for libdwfl", kNoOffset);
  dwfl_report_begin(image->dwfl_);
  // Base 0 relative to the program headers: addresses of the module are addresses of the file.
  image->module_ = dwfl_report_elf(image->dwfl_, path.c_str(), path.c_str(), fd.get(), 0, true);
  if (image->module_ == nullptr) {
    return fail(Error{Errc::malformed, dwfl_errmsg(-1), kNoOffset, path});
  }
  (void)fd.release();  // libdwfl closes it
  dwfl_report_end(image->dwfl_, nullptr, nullptr);
  if (auto status = image->read_headers(); !status) return fail(with_input(status.error(), path));
  return image;
}

ElfImage::~ElfImage() {
  if (dwfl_ != nullptr) dwfl_end(dwfl_);
}

Status ElfImage::read_headers() {
  GElf_Addr bias = 0;
  elf_ = dwfl_module_getelf(module_, &bias);
  if (elf_ == nullptr) return fail(Errc::malformed, dwfl_errmsg(-1));
  GElf_Ehdr header;
  if (gelf_getehdr(elf_, &header) == nullptr) return fail(Errc::malformed, "no ELF header");
  if (header.e_type != ET_EXEC && header.e_type != ET_DYN) {
    return fail(Errc::unsupported, fmt::format("ELF type {} is neither a program nor a library", header.e_type));
  }
  machine_ = header.e_machine;
  std::size_t count = 0;
  if (elf_getphdrnum(elf_, &count) != 0) return fail(Errc::malformed, "no program headers");
  if (count > kSegmentLimit) return fail(Errc::limit, fmt::format("{} program headers", count));
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr segment;
    if (gelf_getphdr(elf_, static_cast<int>(i), &segment) == nullptr || segment.p_type != PT_LOAD) continue;
    segments_.push_back({segment.p_vaddr, segment.p_offset, segment.p_filesz, segment.p_memsz,
                         (segment.p_flags & PF_X) != 0, (segment.p_flags & PF_W) != 0});
  }
  if (auto status = check_packed_symbols(elf_); !status) return status;
  const void* id = nullptr;
  const ssize_t id_bytes = dwelf_elf_gnu_build_id(elf_, &id);
  if (id_bytes > 0) build_id_ = hex_text(static_cast<const unsigned char*>(id), static_cast<std::size_t>(id_bytes));
  return {};
}

std::optional<std::uint64_t> ElfImage::address_of(FileOffset offset) const {
  // Segments of a file overlap in file pages (a page may be mapped twice): the executable one is meant first, since
  // code is what is looked up.
  for (const bool executable : {true, false}) {
    for (const Segment& segment : segments_) {
      if (segment.executable != executable || offset < segment.offset) continue;
      if (offset - segment.offset < segment.file_bytes) return segment.address + (offset - segment.offset);
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> ElfImage::read_constant(FileOffset offset, unsigned bytes) const {
  const auto holds = [&](const Segment& segment) {
    return !segment.writable && offset >= segment.offset && offset - segment.offset < segment.file_bytes &&
           segment.file_bytes - (offset - segment.offset) >= bytes;
  };
  const auto raw = bytes_at(offset, bytes);
  if (raw.size() < bytes || std::ranges::none_of(segments_, holds)) return std::nullopt;
  std::uint64_t value = 0;
  for (unsigned i = 0; i < bytes; ++i) value |= std::to_integer<std::uint64_t>(raw[i]) << (8U * i);
  return value;
}

std::span<const std::byte> ElfImage::bytes_at(FileOffset offset, std::size_t most) const {
  std::size_t size = 0;
  const char* raw = elf_rawfile(elf_, &size);
  if (raw == nullptr || offset >= size) return {};
  const auto start = static_cast<std::size_t>(offset);
  return std::as_bytes(std::span(raw, size)).subspan(start, std::min(most, size - start));
}

Dwarf* ElfImage::dwarf(Dwarf_Addr& bias) const { return dwfl_module_getdwarf(module_, &bias); }

}  // namespace simdprof
