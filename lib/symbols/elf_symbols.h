#pragma once

#include "lib/symbols/elf_image.h"
#include "lib/symbols/interned_text.h"
#include "lib/symbols/symbol_table.h"

namespace simdprof {

/// Functions, objects and assembler labels of a file: of .symtab (its own, or of the separate debug file), else of
/// .dynsym and .gnu_debugdata; and a "name@plt" for each entry of the procedure linkage table.
///
/// @param text  keeps the names that the file does not hold itself
SymbolTable load_symbols(const ElfImage& image, InternedText& text);

}  // namespace simdprof
