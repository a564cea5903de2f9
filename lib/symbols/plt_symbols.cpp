#include "lib/symbols/plt_symbols.h"

#include <gelf.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "lib/base/cursor.h"

namespace simdprof {
namespace {

using SlotNames = std::map<std::uint64_t, std::string>;

// A table of more entries than this is not a real one.
constexpr std::uint64_t kEntryLimit = 1U << 20U;

/// Names of the slots that the relocations of one section fill.
void add_slots(Elf* elf, Elf_Scn* section, const GElf_Shdr& header, SlotNames& slots) {
  Elf_Data* relocations = elf_getdata(section, nullptr);
  Elf_Scn* symbol_section = elf_getscn(elf, header.sh_link);
  GElf_Shdr symbol_header;
  if (relocations == nullptr || symbol_section == nullptr || gelf_getshdr(symbol_section, &symbol_header) == nullptr ||
      symbol_header.sh_type != SHT_DYNSYM || header.sh_entsize == 0) {
    return;
  }
  Elf_Data* symbols = elf_getdata(symbol_section, nullptr);
  const std::uint64_t count = std::min<std::uint64_t>(relocations->d_size / header.sh_entsize, kEntryLimit);
  for (std::uint64_t i = 0; symbols != nullptr && i < count; ++i) {
    GElf_Rela relocation;
    GElf_Sym symbol;
    if (gelf_getrela(relocations, static_cast<int>(i), &relocation) == nullptr) return;
    const auto symbol_index = GELF_R_SYM(relocation.r_info);
    if (symbol_index == 0 || symbol_index > symbols->d_size) continue;
    if (gelf_getsym(symbols, static_cast<int>(symbol_index), &symbol) == nullptr) continue;
    const char* name = elf_strptr(elf, symbol_header.sh_link, symbol.st_name);
    if (name != nullptr && name[0] != '\0') slots.emplace(relocation.r_offset, name);
  }
}

/// Slot that an x86-64 entry jumps through: jmp *disp32(%rip), behind endbr64 or a bnd prefix if there is one.
std::optional<std::uint64_t> x86_slot(std::span<const std::byte> entry, std::uint64_t address) {
  for (std::size_t at = 0; at + 6 <= entry.size() && at <= 8; ++at) {
    if (entry[at] != std::byte{0xff} || entry[at + 1] != std::byte{0x25}) continue;
    Cursor in(entry.subspan(at + 2));
    const auto displacement = static_cast<std::int64_t>(in.i32());
    return address + at + 6 + static_cast<std::uint64_t>(displacement);
  }
  return std::nullopt;
}

/// Slot that an arm64 entry loads: adrp x16, page; ldr x17, [x16, #offset]; behind bti c if there is one.
std::optional<std::uint64_t> arm64_slot(std::span<const std::byte> entry, std::uint64_t address) {
  for (std::size_t at = 0; at + 8 <= entry.size() && at <= 4; at += 4) {
    Cursor in(entry.subspan(at));
    const std::uint32_t adrp = in.u32();
    const std::uint32_t ldr = in.u32();
    if ((adrp & 0x9f00001fU) != 0x90000010U || (ldr & 0xffc003ffU) != 0xf9400211U) continue;
    const std::uint64_t pages = ((adrp >> 29U) & 3U) | (std::uint64_t{(adrp >> 5U) & 0x7ffffU} << 2U);
    const std::uint64_t signed_pages = (pages ^ 0x100000U) - 0x100000U;
    return ((address + at) & ~std::uint64_t{0xfff}) + (signed_pages << 12U) + std::uint64_t{(ldr >> 10U) & 0xfffU} * 8U;
  }
  return std::nullopt;
}

struct EntryShape {
  std::uint64_t bytes = 16;
  bool has_header = false;  ///< the first entry (two on arm64) is the lazy resolver's
};

void add_entries(const ElfImage& image, Elf_Scn* section, const GElf_Shdr& header, EntryShape shape,
                 const SlotNames& slots, InternedText& text, std::vector<Symbol>& symbols) {
  Elf_Data* data = elf_getdata(section, nullptr);
  if (data == nullptr || data->d_buf == nullptr) return;
  const std::span bytes(static_cast<const std::byte*>(data->d_buf), data->d_size);
  const bool arm64 = image.machine() == EM_AARCH64;
  std::uint64_t at = shape.has_header ? (arm64 ? 32 : 16) : 0;
  for (std::uint64_t entry = 0; at + shape.bytes <= bytes.size() && entry < kEntryLimit; ++entry, at += shape.bytes) {
    const auto code = bytes.subspan(at, shape.bytes);
    const std::uint64_t address = header.sh_addr + at;
    const auto slot = arm64 ? arm64_slot(code, address) : x86_slot(code, address);
    const auto name = slot ? slots.find(*slot) : slots.end();
    if (name == slots.end()) continue;
    Symbol symbol;
    symbol.start = address;
    symbol.end = address + shape.bytes;
    symbol.name = text.intern(name->second + "@plt");
    symbol.binding = Symbol::Binding::global;
    symbols.push_back(symbol);
  }
}

}  // namespace

void append_plt_symbols(const ElfImage& image, InternedText& text, std::vector<Symbol>& symbols) {
  Elf* elf = image.elf();
  std::size_t names = 0;
  if ((image.machine() != EM_X86_64 && image.machine() != EM_AARCH64) || elf_getshdrstrndx(elf, &names) != 0) return;
  SlotNames slots;
  GElf_Shdr header;
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section)) != nullptr;) {
    if (gelf_getshdr(section, &header) == nullptr || header.sh_type != SHT_RELA) continue;
    const char* name = elf_strptr(elf, names, header.sh_name);
    if (name != nullptr && (std::strcmp(name, ".rela.plt") == 0 || std::strcmp(name, ".rela.dyn") == 0)) {
      add_slots(elf, section, header, slots);
    }
  }
  for (Elf_Scn* section = nullptr; !slots.empty() && (section = elf_nextscn(elf, section)) != nullptr;) {
    if (gelf_getshdr(section, &header) == nullptr || header.sh_type != SHT_PROGBITS) continue;
    const char* name = elf_strptr(elf, names, header.sh_name);
    if (name == nullptr) continue;
    if (std::strcmp(name, ".plt") == 0) add_entries(image, section, header, {16, true}, slots, text, symbols);
    if (std::strcmp(name, ".plt.sec") == 0) add_entries(image, section, header, {16, false}, slots, text, symbols);
    if (std::strcmp(name, ".plt.got") == 0) {
      // 8 bytes an entry, 16 with endbr64.
      const std::uint64_t bytes = header.sh_entsize == 16 ? 16 : 8;
      add_entries(image, section, header, {bytes, false}, slots, text, symbols);
    }
  }
}

}  // namespace simdprof
