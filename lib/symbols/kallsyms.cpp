#include "lib/symbols/kallsyms.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace simdprof {
namespace {

/// Code and data, weak or not; other letters are absolute or debugging symbols.
bool is_wanted(char type) {
  constexpr std::string_view kWanted = "tTwWdDbB";
  return kWanted.find(type) != std::string_view::npos;
}

Symbol::Binding binding_of(char type) {
  if (type == 'w' || type == 'W') return Symbol::Binding::weak;
  return type >= 'A' && type <= 'Z' ? Symbol::Binding::global : Symbol::Binding::local;
}

struct Line {
  std::uint64_t address = 0;
  char type = 0;
  std::string_view name;  ///< with its module
};

bool parse_line(std::string_view text, Line& line) {
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, line.address, 16);
  if (error != std::errc{} || end - rest < 4 || rest[0] != ' ' || rest[2] != ' ') return false;
  line.type = rest[1];
  line.name = std::string_view(rest + 3, static_cast<std::size_t>(end - rest - 3));
  return true;
}

}  // namespace

std::string_view kallsyms_module(std::string_view name) {
  const std::size_t tab = name.find('\t');
  if (tab == std::string_view::npos || name.size() < tab + 3) return {};
  return name.substr(tab + 2, name.size() - tab - 3);
}

std::string_view kallsyms_name(std::string_view name) { return name.substr(0, name.find('\t')); }

Result<std::unique_ptr<KernelSymbols>> parse_kallsyms(std::string text) {
  auto kernel = std::make_unique<KernelSymbols>();
  kernel->text = std::move(text);
  std::vector<Symbol> symbols;
  std::uint64_t all_bits = 0;
  for (std::size_t at = 0; at < kernel->text.size();) {
    const std::size_t newline = std::min(kernel->text.find('\n', at), kernel->text.size());
    Line line;
    if (!parse_line(std::string_view(kernel->text).substr(at, newline - at), line)) {
      return fail(Errc::malformed, "line is not \"address type name\"", at);
    }
    at = newline + 1;
    all_bits |= line.address;
    if (line.name == "_text") kernel->image_text = line.address;
    if (line.name == "_stext") kernel->image_stext = line.address;
    if (!is_wanted(line.type) || line.name[0] == '$') continue;
    symbols.push_back({line.address, line.address, 0, line.name, binding_of(line.type), false});
  }
  if (all_bits == 0) return fail(Errc::permission, "all addresses are 0; set kernel.kptr_restrict to 0 or be root");
  kernel->table = SymbolTable(std::move(symbols));
  return kernel;
}

std::unordered_map<std::string, VirtAddr> parse_modules(std::string_view text) {
  std::unordered_map<std::string, VirtAddr> modules;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::size_t hex = line.find(" 0x");
    VirtAddr address = 0;
    if (hex == std::string_view::npos) continue;
    const auto result = std::from_chars(line.data() + hex + 3, line.data() + line.size(), address, 16);
    if (result.ec == std::errc{} && address != 0) modules.emplace(line.substr(0, line.find(' ')), address);
  }
  return modules;
}

}  // namespace simdprof
