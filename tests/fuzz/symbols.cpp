#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <span>
#include <utility>

#include "lib/base/fd.h"
#include "lib/symbols/dso.h"
#include "lib/symbols/elf_symbols.h"
#include "lib/symbols/file_search.h"

namespace {

// Enough for every symbol and unit of a small file; a damaged one may claim millions.
constexpr std::size_t kAddressLimit = 200;

void look_up(simdprof::Dso& dso, simdprof::InternedText& text, std::uint64_t address) {
  if (const simdprof::Symbol* symbol = dso.symbols.table().find(address)) (void)dso.symbols.shown_name(*symbol, text);
  if (auto* lines = simdprof::lines_of(dso, text, true)) (void)lines->locate(address, "symbol");
  if (dso.frame_rules == nullptr) dso.frame_rules = std::make_unique<simdprof::FrameRules>(*dso.image);
  (void)dso.frame_rules->find(address);
}

}  // namespace

/// The bytes as an ELF file: its symbols, source lines and call frame information.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Neither debug files of this machine nor of the network may decide the outcome.
  static const int no_network = unsetenv("DEBUGINFOD_URLS");
  (void)no_network;
  simdprof::UniqueFd fd(memfd_create("fuzz", MFD_CLOEXEC));
  if (!fd.valid() || !simdprof::write_all(fd.get(), std::as_bytes(std::span(data, size)))) return 0;
  simdprof::FoundFile found = simdprof::open_image({}, std::move(fd), "/nonexistent/fuzz", "");
  if (found.image == nullptr) return 0;
  simdprof::InternedText text;
  simdprof::Dso dso;
  dso.image = std::move(found.image);
  dso.symbols = simdprof::NamedSymbols(simdprof::load_symbols(*dso.image, text), true);
  std::size_t asked = 0;
  for (const simdprof::Symbol& symbol : dso.symbols.table().all()) {
    if (++asked > kAddressLimit) break;
    look_up(dso, text, symbol.start);
    look_up(dso, text, symbol.end - 1);
  }
  for (const auto& segment : dso.image->segments()) {
    for (std::uint64_t step = 0; step < 64; ++step)
      look_up(dso, text, segment.address + segment.file_bytes / 64 * step);
  }
  for (std::uint64_t offset = 0; offset < size; offset += 1 + size / 32) {
    if (const auto address = dso.image->address_of(offset)) look_up(dso, text, *address);
    (void)dso.image->read_constant(offset, 8);
  }
  return 0;
}
