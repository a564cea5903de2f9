#include "cmd/aux_kernel_code.h"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <variant>

#include "lib/base/cursor.h"
#include "lib/symbols/kernel_listing.h"
#include "lib/symbols/vdso_image.h"

namespace simdprof::cmd {
namespace {

constexpr std::uint64_t kPageBytes = 4096;
constexpr std::size_t kMostPages = 65536;  ///< 256 MiB: a kernel and its modules have a tenth of that
constexpr std::size_t kHeadBytes = std::size_t{1} << 20U;
constexpr std::string_view kImageName = "[kernel.kallsyms]";
constexpr std::size_t kMostMappings = 65536;
constexpr std::size_t kMostPokes = std::size_t{1} << 20U;
constexpr std::size_t kEntryOffset = 24, kPhentsizeOffset = 54, kProgramHeaderBytes = 56;

}  // namespace

Result<std::vector<CoreSegment>> decode_core_segments(std::span<const std::byte> start) {
  Cursor in{start, 0, std::endian::native};
  const auto ident = in.take(EI_NIDENT);
  if (in.failed() || std::memcmp(ident.data(), ELFMAG, SELFMAG) != 0 || ident[EI_CLASS] != std::byte{ELFCLASS64}) {
    return fail(Errc::malformed, "no 64-bit ELF header", 0);
  }
  Cursor header{start, 0, std::endian::native};
  header.skip(kEntryOffset + 8);
  const std::uint64_t table = header.u64();
  header.skip(kPhentsizeOffset - kEntryOffset - 16);
  const std::uint16_t entry_bytes = header.u16();
  const std::uint16_t count = header.u16();
  if (header.failed() || entry_bytes != kProgramHeaderBytes) {
    return fail(Errc::malformed, "program headers of another size", kPhentsizeOffset);
  }
  if (table > start.size() || count > (start.size() - table) / kProgramHeaderBytes) {
    return fail(Errc::truncated, "ends inside its program headers", start.size());
  }
  std::vector<CoreSegment> segments;
  Cursor rows{start.subspan(static_cast<std::size_t>(table)), table, std::endian::native};
  for (unsigned i = 0; i < count; ++i) {
    const std::uint32_t type = rows.u32();
    rows.skip(4);  // flags
    CoreSegment segment;
    segment.offset = rows.u64();
    segment.address = rows.u64();
    rows.skip(8);  // physical address
    segment.bytes = rows.u64();
    rows.skip(16);  // memory size, alignment
    if (type == PT_LOAD && segment.bytes != 0) segments.push_back(segment);
  }
  return segments;
}

AuxKernelCode::AuxKernelCode(const SymbolOptions& options)
    : release_(options.kernel_release), build_id_(options.kernel_build_id) {}

void AuxKernelCode::observe(const Record& record, std::uint64_t time_ns) {
  if (const auto* mmap = std::get_if<MmapRecord>(&record.body)) {
    if (!mmap->kernel) return;
    const bool image = mmap->path.starts_with(kImageName);
    if (mapped_.size() < kMostMappings) {
      mapped_.push_back({mmap->start, mmap->length, std::string(image ? kImageName : mmap->path)});
    }
    if (!image || mmap->file_offset == 0) return;
    recorded_text_ = mmap->file_offset;
    recorded_stext_ = mmap->path.ends_with("_stext");
  } else if (const auto* poke = std::get_if<TextPokeRecord>(&record.body)) {
    if (pokes_.size() >= kMostPokes) return;
    pokes_.push_back({time_ns, poke->address, {poke->old_bytes.begin(), poke->old_bytes.end()}});
  }
}

std::string AuxKernelCode::mapped_name(VirtAddr address) const {
  const auto covers = [address](const Mapped& mapped) {
    return address >= mapped.start && address - mapped.start < mapped.bytes;
  };
  const auto found = std::find_if(mapped_.rbegin(), mapped_.rend(), covers);
  return found == mapped_.rend() ? std::string{} : found->name;
}

// A kernel of the same release may be another one, and the same one lies elsewhere after each boot.
Status AuxKernelCode::check_same_boot() const {
  if (release_.empty() || release_ != running_release()) {
    return fail(Errc::not_found, "the recording is of another kernel than the one that runs");
  }
  if (!recorded_text_) return fail(Errc::not_found, "the recording does not tell where its kernel was");
  const auto symbols = load_kernel_symbols();
  if (!symbols) return fail(symbols.error());
  const VirtAddr now = recorded_stext_ ? (*symbols)->image_stext : (*symbols)->image_text;
  if (now != *recorded_text_) return fail(Errc::not_found, "the recording is of another boot of this kernel");
  return {};
}

Status AuxKernelCode::open() const {
  if (auto same = check_same_boot(); !same) return same;
  auto core = open_to_read("/proc/kcore");
  if (!core) return fail(core.error());
  std::vector<std::byte> head(kHeadBytes);
  const auto got = read_up_to_at(core->get(), 0, head);
  if (!got) return fail(got.error());
  auto segments = decode_core_segments(std::span(head).first(*got));
  if (!segments) return fail(with_input(segments.error(), "/proc/kcore"));
  segments_ = *std::move(segments);
  core_ = *std::move(core);
  return {};
}

bool AuxKernelCode::read_page(VirtAddr page) const {
  if (pages_.contains(page)) return true;
  const auto holds = [page](const CoreSegment& segment) {
    return page >= segment.address && page - segment.address < segment.bytes;
  };
  const auto segment = std::find_if(segments_.begin(), segments_.end(), holds);
  if (segment == segments_.end() || pages_.size() >= kMostPages) return false;
  std::vector<std::byte> bytes(kPageBytes);
  const auto got = read_up_to_at(core_.get(), segment->offset + (page - segment->address), bytes);
  if (!got || *got == 0) return false;
  bytes.resize(*got);
  pages_.emplace(page, std::move(bytes));
  return true;
}

std::size_t AuxKernelCode::read(VirtAddr address, std::uint64_t time_ns, std::span<std::byte> out) const {
  const std::lock_guard lock(mutex_);
  if (!tried_) {
    tried_ = true;
    if (const Status opened = open(); !opened) problem_ = opened.error().fact;
  }
  if (!core_.valid()) return 0;
  std::size_t done = 0;
  while (done < out.size()) {
    const VirtAddr at = address + done;
    const VirtAddr page = at / kPageBytes * kPageBytes;
    if (!read_page(page)) break;
    const std::vector<std::byte>& bytes = pages_.at(page);
    const auto begin = static_cast<std::size_t>(at - page);
    if (begin >= bytes.size()) break;
    const std::size_t size = std::min(bytes.size() - begin, out.size() - done);
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(begin), size,
                out.begin() + static_cast<std::ptrdiff_t>(done));
    done += size;
  }
  for (auto poke = pokes_.rbegin(); poke != pokes_.rend() && poke->time_ns > time_ns; ++poke) {
    for (std::size_t i = 0; i < poke->old_bytes.size(); ++i) {
      const std::uint64_t place = poke->address + i - address;
      if (place < done) out[static_cast<std::size_t>(place)] = poke->old_bytes[i];
    }
  }
  return done;
}

std::uint64_t AuxKernelCode::next_change(std::uint64_t time_ns) const {
  const auto next = std::partition_point(pokes_.begin(), pokes_.end(),
                                         [time_ns](const Poke& poke) { return poke.time_ns <= time_ns; });
  return next == pokes_.end() ? ~std::uint64_t{0} : next->time_ns;
}

std::string AuxKernelCode::problem() const {
  const std::lock_guard lock(mutex_);
  return problem_;
}

}  // namespace simdprof::cmd
