#include "lib/capture/kernel_maps.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "lib/base/fd.h"

namespace simdprof {
namespace {

std::optional<std::uint64_t> parse_hex(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc{}) return std::nullopt;
  return value;
}

std::vector<std::string_view> split_words(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const std::size_t space = line.find(' ');
    if (space != 0) words.push_back(line.substr(0, space));
    if (space == std::string_view::npos) break;
    line.remove_prefix(space + 1);
  }
  return words;
}

// "name size references users state 0xaddress"
std::optional<KernelMapping> parse_module(std::string_view line) {
  const auto words = split_words(line);
  if (words.size() < 6 || !words[5].starts_with("0x")) return std::nullopt;
  const auto address = parse_hex(words[5].substr(2));
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(words[1].data(), words[1].data() + words[1].size(), size);
  if (!address || *address == 0 || error != std::errc{} || size == 0) return std::nullopt;
  return KernelMapping{*address, size, 0, fmt::format("[{}]", words[0])};
}

}  // namespace

std::optional<VirtAddr> find_kernel_text(std::string_view kallsyms) {
  for (const std::string_view symbol : {" T _text\n", " t _text\n"}) {
    const std::size_t at = kallsyms.find(symbol);
    if (at == std::string_view::npos) continue;
    const std::size_t line = kallsyms.rfind('\n', at);
    const auto address = parse_hex(kallsyms.substr(line == std::string_view::npos ? 0 : line + 1));
    if (address && *address != 0) return address;
  }
  return std::nullopt;
}

std::vector<KernelMapping> parse_modules(std::string_view modules) {
  std::vector<KernelMapping> found;
  while (!modules.empty()) {
    const std::size_t newline = modules.find('\n');
    if (auto module = parse_module(modules.substr(0, newline))) found.push_back(std::move(*module));
    if (newline == std::string_view::npos) break;
    modules.remove_prefix(newline + 1);
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.start < b.start; });
  return found;
}

std::vector<KernelMapping> arrange_kernel(VirtAddr text, std::vector<KernelMapping> modules) {
  VirtAddr end = ~VirtAddr{0};
  for (const KernelMapping& module : modules) {
    if (module.start > text) end = std::min(end, module.start);
  }
  modules.insert(modules.begin(), KernelMapping{text, end - text, text, "[kernel.kallsyms]_text"});
  return modules;
}

std::vector<KernelMapping> load_kernel_mappings() {
  constexpr std::size_t kHeadBytes = std::size_t{256} << 10U;
  constexpr std::size_t kStepBytes = std::size_t{16} << 10U;
  const auto fd = open_to_read("/proc/kallsyms");
  if (!fd) return {};
  std::string head;
  std::array<char, kStepBytes> step{};
  while (head.size() < kHeadBytes) {
    const auto got = read_up_to(fd->get(), std::as_writable_bytes(std::span(step)));
    if (!got || *got == 0) break;
    head.append(step.data(), *got);
    if (const auto text = find_kernel_text(head)) {
      const auto modules = load_text("/proc/modules");
      return arrange_kernel(*text, modules ? parse_modules(*modules) : std::vector<KernelMapping>{});
    }
    if (head.starts_with("0000000000000000") && head.find(" _text\n") != std::string::npos) break;  // hidden
  }
  return {};
}

}  // namespace simdprof
