#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "lib/base/result.h"
#include "lib/base/units.h"
#include "lib/symbols/symbol_table.h"

namespace simdprof {

/// The symbols of the running kernel and its modules, as /proc/kallsyms lists them.
struct KernelSymbols {
  std::string text;          ///< the names lie in it
  SymbolTable table;         ///< functions and data; a module's names end in "\t[module]"
  VirtAddr image_text = 0;   ///< address of _text; 0: not listed
  VirtAddr image_stext = 0;  ///< address of _stext; 0: not listed
};

/// @param text  contents of /proc/kallsyms: "ADDRESS TYPE NAME[\t[MODULE]]" lines
/// @return permission  all addresses are 0 (kptr_restrict)
///         malformed   a line is not of that form
/// Source: kernel/kallsyms.c (s_show), Linux 6.1; which types are taken: symbol_type__filter() of perf.
Result<std::unique_ptr<KernelSymbols>> parse_kallsyms(std::string text);

/// Where the running kernel has its modules, by name.
/// @param text  contents of /proc/modules: "NAME SIZE REFERENCES USERS STATE 0xADDRESS" lines; others are left out
std::unordered_map<std::string, VirtAddr> parse_modules(std::string_view text);

/// Module of a kallsyms name ("nf_hook\t[nf_tables]" gives "nf_tables"); empty for the kernel's own.
std::string_view kallsyms_module(std::string_view name);
/// The name without its module.
std::string_view kallsyms_name(std::string_view name);

}  // namespace simdprof
