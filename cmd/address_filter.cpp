#include "cmd/address_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "lib/base/fd.h"
#include "lib/base/units.h"
#include "lib/symbols/elf_symbols.h"
#include "lib/symbols/kernel_listing.h"

namespace simdprof::cmd {
namespace {

constexpr std::string_view kBlanks = " ,\n";  // between the words of the kernel's form

struct Range {
  std::uint64_t start = 0;  ///< offset in the file, or the kernel's address
  std::uint64_t bytes = 0;  ///< 0: not known
};

bool is_action(std::string_view word) { return word == "filter" || word == "start" || word == "stop"; }

bool is_number(std::string_view word) { return !word.empty() && word.front() >= '0' && word.front() <= '9'; }

/// "main @ /bin/app" as one word.
std::string join_files(std::string_view text) {
  std::string joined;
  for (const char letter : text) {
    const bool behind_at = !joined.empty() && joined.back() == '@';
    if (letter == ' ' && behind_at) continue;
    if (letter == '@') {
      while (!joined.empty() && joined.back() == ' ') joined.pop_back();
    }
    joined += letter;
  }
  return joined;
}

/// The one function of that name; where its size is not known it reaches to the next.
Result<Range> find_function(const SymbolTable& symbols, std::string_view name, std::string_view where) {
  const Symbol* found = nullptr;
  std::uint64_t end = 0;
  for (const Symbol& symbol : symbols.all()) {
    if (found != nullptr && end == found->start && symbol.start > found->start) end = symbol.start;
    // An alias without a size has none of its own: the last of them covers the code.
    if (found != nullptr && symbol.start == found->start) end = std::max(end, symbol.end);
    if (kallsyms_name(symbol.name) != name) continue;
    if (found != nullptr && found->start != symbol.start) {
      return fail(Errc::not_found,
                  fmt::format("--filter: {} has several functions '{}', at {:#x} and {:#x}: give an address", where,
                              name, found->start, symbol.start));
    }
    if (found == nullptr || symbol.end > end) end = std::max(symbol.end, symbol.start);
    found = &symbol;
  }
  if (found == nullptr) return fail(Errc::not_found, fmt::format("--filter: {} has no function '{}'", where, name));
  return Range{found->start, end - found->start};
}

Result<Range> find_in_file(const std::string& path, std::string_view name) {
  auto fd = open_to_read(path);
  if (!fd) return fail(fd.error());
  const auto image = ElfImage::open(std::move(*fd), path, DebugSearch{});
  if (!image) return fail(image.error());
  InternedText text;
  auto range = find_function(load_symbols(**image, text), name, path);
  if (!range) return range;
  for (const ElfImage::Segment& segment : (*image)->segments()) {
    const std::uint64_t into = range->start - segment.address;
    if (range->start < segment.address || into >= segment.file_bytes) continue;
    range->start = segment.offset + into;
    return range;
  }
  return fail(Errc::not_found, fmt::format("--filter: '{}' is in no loaded part of {}", name, path));
}

Result<Range> find_in_kernel(std::string_view name) {
  const auto kernel = load_kernel_symbols();
  if (!kernel) return fail(kernel.error());
  return find_function((*kernel)->table, name, "the kernel");
}

/// "NAME[/SIZE][@FILE]"; one without a size takes that of its function, where `sized`.
Result<std::string> resolve_word(std::string_view word, bool sized) {
  const std::size_t at = word.find('@');
  const std::string_view place = word.substr(0, at);
  const std::string_view file = at == std::string_view::npos ? std::string_view{} : word.substr(at + 1);
  const std::size_t slash = place.find('/');
  const std::string_view name = place.substr(0, slash);
  const auto range = file.empty() ? find_in_kernel(name) : find_in_file(std::string(file), name);
  if (!range) return fail(range.error());
  std::string resolved = fmt::format("{:#x}", range->start);
  if (slash != std::string_view::npos) {
    resolved += place.substr(slash);
  } else if (sized) {
    resolved += fmt::format("/{:#x}", range->bytes);
  }
  if (!file.empty()) resolved += fmt::format("@{}", file);
  return resolved;
}

}  // namespace

Result<std::string> resolve_address_filter(std::string_view text) {
  const std::string joined = join_files(text);
  const std::string_view rest = joined;
  std::string resolved;
  bool sized = false;
  for (std::size_t at = 0; at < rest.size();) {
    const std::size_t begin = std::min(rest.find_first_not_of(kBlanks, at), rest.size());
    const std::size_t end = std::min(rest.find_first_of(kBlanks, begin), rest.size());
    const std::string_view word = rest.substr(begin, end - begin);
    resolved += rest.substr(at, begin - at);
    at = end;
    if (word.empty()) continue;
    if (is_action(word) || is_number(word)) {
      sized = word == "filter";
      resolved += word;
      continue;
    }
    const auto numbers = resolve_word(word, sized);
    if (!numbers) return fail(numbers.error());
    resolved += *numbers;
  }
  return resolved;
}

}  // namespace simdprof::cmd
