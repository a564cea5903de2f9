#pragma once

#include <vector>

#include "lib/symbols/elf_image.h"
#include "lib/symbols/interned_text.h"
#include "lib/symbols/symbol_table.h"

namespace simdprof {

/// Adds one "name@plt" for each entry of .plt, .plt.sec and .plt.got whose jump goes through a slot of the global
/// offset table that a relocation fills. The jumps are decoded (x86-64, arm64), so the order of entries does not
/// matter.
void append_plt_symbols(const ElfImage& image, InternedText& text, std::vector<Symbol>& symbols);

}  // namespace simdprof
