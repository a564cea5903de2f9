#include "lib/symbols/elf_symbols.h"

#include <gelf.h>

#include <cstring>
#include <map>

#include "lib/symbols/plt_symbols.h"

namespace simdprof {
namespace {

bool is_executable(Elf* elf, GElf_Word section_index, std::uint64_t& section_end) {
  Elf_Scn* section = elf_getscn(elf, section_index);
  GElf_Shdr header;
  if (section == nullptr || gelf_getshdr(section, &header) == nullptr) return false;
  section_end = header.sh_addr + header.sh_size;
  return (header.sh_flags & SHF_EXECINSTR) != 0;
}

/// What perf takes: functions and objects, and visible labels (Linux 6.1, tools/perf/util/symbol-elf.c). Labels only
/// where there is code.
bool is_wanted(const GElf_Sym& symbol, bool in_code) {
  if (symbol.st_shndx == SHN_UNDEF || symbol.st_shndx == SHN_ABS) return false;
  switch (GELF_ST_TYPE(symbol.st_info)) {
    case STT_FUNC:
    case STT_GNU_IFUNC:
    case STT_OBJECT: return true;
    case STT_NOTYPE: {
      const unsigned visibility = GELF_ST_VISIBILITY(symbol.st_other);
      return in_code && visibility != STV_HIDDEN && visibility != STV_INTERNAL;
    }
    default: return false;
  }
}

/// ARM marks code and data ("$x", "$d.5") by symbols that name nothing.
bool is_arm_marker(const char* name, unsigned machine) {
  if (machine != EM_ARM && machine != EM_AARCH64) return false;
  return name[0] == '$' && std::strchr("adtx", name[1]) != nullptr && (name[2] == '\0' || name[2] == '.');
}

Symbol::Binding binding_of(const GElf_Sym& symbol) {
  switch (GELF_ST_BIND(symbol.st_info)) {
    case STB_LOCAL: return Symbol::Binding::local;
    case STB_WEAK: return Symbol::Binding::weak;
    default: return Symbol::Binding::global;
  }
}

/// Section headers are asked for once a section, not once a symbol.
class SectionEnds {
 public:
  struct Section {
    std::uint64_t end = 0;
    bool code = false;
  };
  const Section& of(Elf* elf, GElf_Word index) {
    if (elf == last_elf_ && index == last_index_) return *last_;
    const auto [place, is_new] = known_.try_emplace({elf, index});
    if (is_new) place->second.code = is_executable(elf, index, place->second.end);
    last_elf_ = elf;
    last_index_ = index;
    last_ = &place->second;
    return *last_;
  }

 private:
  std::map<std::pair<Elf*, GElf_Word>, Section> known_;
  Elf* last_elf_ = nullptr;
  GElf_Word last_index_ = 0;
  const Section* last_ = nullptr;
};

}  // namespace

SymbolTable load_symbols(const ElfImage& image, InternedText& text) {
  std::vector<Symbol> symbols;
  const int count = dwfl_module_getsymtab(image.module());
  SectionEnds sections;
  for (int i = 1; i < count; ++i) {
    GElf_Sym raw;
    GElf_Addr address = 0;
    GElf_Word section_index = 0;
    Elf* elf = nullptr;
    Dwarf_Addr bias = 0;
    const char* name = dwfl_module_getsym_info(image.module(), i, &raw, &address, &section_index, &elf, &bias);
    if (name == nullptr || name[0] == '\0' || elf == nullptr) continue;
    const SectionEnds::Section& section = sections.of(elf, section_index);
    if (!is_wanted(raw, section.code) || is_arm_marker(name, image.machine())) continue;
    Symbol symbol;
    symbol.start = raw.st_value + bias;
    if (image.machine() == EM_ARM && GELF_ST_TYPE(raw.st_info) == STT_FUNC) symbol.start &= ~std::uint64_t{1};  // Thumb
    symbol.end = symbol.start + raw.st_size;
    if (symbol.end < symbol.start) continue;
    symbol.limit = section.end + bias;
    symbol.name = name;
    symbol.binding = binding_of(raw);
    symbol.untyped = GELF_ST_TYPE(raw.st_info) == STT_NOTYPE;
    symbols.push_back(symbol);
  }
  append_plt_symbols(image, text, symbols);
  return SymbolTable(std::move(symbols));
}

}  // namespace simdprof
