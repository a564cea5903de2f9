#include "lib/capture/build_id.h"

#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>

#include "lib/base/cursor.h"
#include "lib/base/fd.h"

namespace simdprof {
namespace {

constexpr std::size_t kHeadBytes = 4096;  // ELF header and program headers of nearly every file
constexpr std::uint64_t kMaxNoteBytes = std::uint64_t{64} << 10U;
constexpr std::size_t kMaxBuildIdBytes = 64;  // 20 is usual; 32 and 64 occur with other hashes
constexpr std::uint32_t kNoteGnuBuildId = 3;
constexpr std::uint32_t kSegmentNote = 4;  // PT_NOTE

std::uint64_t read_word(Cursor& in, bool is_64) { return is_64 ? in.u64() : in.u32(); }

NoteSegment read_note_segment(Cursor in, bool is_64) {
  NoteSegment segment;
  in.skip(is_64 ? 8 : 4);  // type, and flags which stand here in 64 bit files
  segment.file_offset = read_word(in, is_64);
  in.skip(is_64 ? 16 : 8);  // addresses
  segment.bytes = read_word(in, is_64);
  return segment;
}

std::uint64_t align4(std::uint64_t size) { return (size + 3) & ~std::uint64_t{3}; }

Result<std::vector<std::byte>> read_at(int fd, std::uint64_t offset, std::size_t size) {
  std::vector<std::byte> bytes(size);
  const ssize_t got = ::pread(fd, bytes.data(), size, static_cast<off_t>(offset));
  if (got < 0) return fail_errno(errno, "cannot read");
  bytes.resize(static_cast<std::size_t>(got));
  return bytes;
}

Result<UniqueFd> open_regular(const std::string& path, std::uint64_t inode) {
  // A device or a pipe of that name must not be opened for long, nor be touched at all.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return fail_errno(errno, "cannot open " + path);
  UniqueFd file{fd};
  struct stat facts {};
  if (::fstat(fd, &facts) != 0) return fail_errno(errno, "cannot read " + path);
  if (!S_ISREG(facts.st_mode)) return fail(Errc::unsupported, path + " is not a regular file");
  if (inode != 0 && facts.st_ino != inode) return fail(Errc::not_found, path + " is another file now");
  return file;
}

}  // namespace

std::vector<std::byte> find_build_id_note(std::span<const std::byte> notes, bool big_endian) {
  Cursor in{notes, 0, big_endian ? std::endian::big : std::endian::little};
  while (in.remaining() >= 12) {
    const std::uint32_t name_bytes = in.u32();
    const std::uint32_t id_bytes = in.u32();
    const std::uint32_t type = in.u32();
    const std::string_view name = in.padded_text(align4(name_bytes));
    // The last note of a segment may lack its padding.
    const auto id =
        in.take(std::min<std::uint64_t>(align4(id_bytes), std::max<std::uint64_t>(in.remaining(), id_bytes)));
    if (in.failed()) break;
    if (type == kNoteGnuBuildId && name == "GNU" && id_bytes > 0 && id_bytes <= kMaxBuildIdBytes) {
      const auto exact = id.first(id_bytes);
      return {exact.begin(), exact.end()};
    }
  }
  return {};
}

Result<ElfNotes> decode_note_segments(std::span<const std::byte> head) {
  Cursor in{head};
  if (in.u32() != 0x464c457f) return fail(Errc::malformed, "no ELF file");  // "\x7f" "ELF"
  const std::uint8_t elf_class = in.u8();
  const std::uint8_t order = in.u8();
  if ((elf_class != 1 && elf_class != 2) || (order != 1 && order != 2)) {
    return fail(Errc::malformed, "unknown ELF class or byte order");
  }
  const bool is_64 = elf_class == 2;
  ElfNotes notes;
  notes.big_endian = order == 2;
  const std::endian byte_order = notes.big_endian ? std::endian::big : std::endian::little;
  Cursor header{head, 0, byte_order};
  header.skip(is_64 ? 32 : 28);  // up to e_phoff
  const std::uint64_t table = read_word(header, is_64);
  header.skip(is_64 ? 14 : 10);  // e_shoff, e_flags, e_ehsize
  const std::uint16_t entry_bytes = header.u16();
  const std::uint16_t entries = header.u16();
  if (header.failed()) return fail(Errc::truncated, "ELF header ends early");
  if (entries == 0) return notes;
  if (entry_bytes < (is_64 ? 56 : 32)) return fail(Errc::malformed, "program header entries are too small");
  if (table > head.size() || std::uint64_t{entries} * entry_bytes > head.size() - table) {
    return fail(Errc::truncated, "program headers end early");
  }
  for (std::uint16_t i = 0; i < entries; ++i) {
    const Cursor entry{head.subspan(static_cast<std::size_t>(table) + std::size_t{i} * entry_bytes, entry_bytes), 0,
                       byte_order};
    Cursor type = entry;
    if (type.u32() == kSegmentNote) notes.segments.push_back(read_note_segment(entry, is_64));
  }
  return notes;
}

Result<std::vector<std::byte>> load_build_id(const std::string& path, std::uint64_t inode) {
  const auto file = open_regular(path, inode);
  if (!file) return fail(file.error());
  auto head = read_at(file->get(), 0, kHeadBytes);
  if (!head) return fail(head.error());
  auto notes = decode_note_segments(*head);
  if (!notes && notes.error().code == Errc::truncated && head->size() == kHeadBytes) {
    head = read_at(file->get(), 0, kHeadBytes * 16);  // enough for 1000 program headers
    if (!head) return fail(head.error());
    notes = decode_note_segments(*head);
  }
  if (!notes) return fail(notes.error());
  for (const NoteSegment& segment : notes->segments) {
    const auto size = static_cast<std::size_t>(std::min(segment.bytes, kMaxNoteBytes));
    if (segment.file_offset > std::uint64_t{1} << 62U) continue;
    const auto bytes = read_at(file->get(), segment.file_offset, size);
    if (!bytes) return fail(bytes.error());
    auto id = find_build_id_note(*bytes, notes->big_endian);
    if (!id.empty()) return id;
  }
  return std::vector<std::byte>{};
}

Result<std::vector<std::byte>> load_kernel_build_id() {
  const auto notes = load_bytes("/sys/kernel/notes", kMaxNoteBytes);
  if (!notes) return fail(notes.error());
  return find_build_id_note(*notes, std::endian::native == std::endian::big);
}

Result<std::vector<std::byte>> load_vdso_build_id() {
  const unsigned long address = ::getauxval(AT_SYSINFO_EHDR);
  if (address == 0) return fail(Errc::not_found, "this process has no vdso");
  // The kernel maps whole pages; headers and notes stand in the first.
  std::array<std::byte, kHeadBytes> image{};
  const auto fd = open_to_read("/proc/self/mem");
  if (!fd) return fail(fd.error());
  const ssize_t got = ::pread(fd->get(), image.data(), image.size(), static_cast<off_t>(address));
  if (got <= 0) return fail_errno(errno, "cannot read the vdso");
  const auto bytes = std::span<const std::byte>(image).first(static_cast<std::size_t>(got));
  const auto notes = decode_note_segments(bytes);
  if (!notes) return fail(notes.error());
  for (const NoteSegment& segment : notes->segments) {
    if (segment.file_offset > bytes.size()) continue;
    const auto offset = static_cast<std::size_t>(segment.file_offset);
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(segment.bytes, bytes.size() - offset));
    auto id = find_build_id_note(bytes.subspan(offset, size), notes->big_endian);
    if (!id.empty()) return id;
  }
  return std::vector<std::byte>{};
}

}  // namespace simdprof
