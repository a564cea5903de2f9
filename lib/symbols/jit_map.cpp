#include "lib/symbols/jit_map.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <string_view>

#include "lib/base/fd.h"

namespace simdprof {
namespace {

constexpr std::size_t kMapFileLimit = std::size_t{256} << 20U;

bool parse_line(std::string_view line, Symbol& symbol) {
  const auto skip_prefix = [&line] {
    if (line.starts_with("0x")) line.remove_prefix(2);
  };
  const auto take_hex = [&line](std::uint64_t& value) {
    const auto [rest, error] = std::from_chars(line.data(), line.data() + line.size(), value, 16);
    if (error != std::errc{} || rest == line.data() + line.size() || *rest != ' ') return false;
    line.remove_prefix(static_cast<std::size_t>(rest - line.data()) + 1);
    return true;
  };
  std::uint64_t size = 0;
  skip_prefix();
  if (!take_hex(symbol.start)) return false;
  skip_prefix();
  if (!take_hex(size) || line.empty() || size == 0 || symbol.start + size < symbol.start) return false;
  symbol.end = symbol.start + size;
  symbol.name = line;
  symbol.binding = Symbol::Binding::global;
  return true;
}

}  // namespace

std::unique_ptr<JitSymbols> parse_jit_map(std::string text) {
  auto jit = std::make_unique<JitSymbols>();
  jit->text = std::move(text);
  std::vector<Symbol> symbols;
  for (std::size_t at = 0; at < jit->text.size();) {
    const std::size_t newline = std::min(jit->text.find('\n', at), jit->text.size());
    Symbol symbol;
    if (parse_line(std::string_view(jit->text).substr(at, newline - at), symbol)) symbols.push_back(symbol);
    at = newline + 1;
  }
  // Code is recompiled in place: of entries for one address the latest is true.
  std::ranges::reverse(symbols);
  jit->table = SymbolTable(std::move(symbols));
  return jit;
}

Result<std::unique_ptr<JitSymbols>> load_jit_map(const std::string& symfs, Pid pid) {
  const std::string path = fmt::format("{}/tmp/perf-{}.map", symfs, pid);
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return fail_errno(errno, path);
  if (!S_ISREG(status.st_mode)) return fail(Error{Errc::malformed, "not a regular file", kNoOffset, path});
  if (status.st_uid != 0 && status.st_uid != geteuid()) {
    return fail(Error{Errc::permission, "owned by neither root nor this user", kNoOffset, path});
  }
  auto text = load_text(path, kMapFileLimit);
  if (!text) return fail(text.error());
  return parse_jit_map(*std::move(text));
}

}  // namespace simdprof
