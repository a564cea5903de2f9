#include "lib/symbols/kernel_resolver.h"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "lib/base/cursor.h"
#include "lib/base/fd.h"
#include "lib/symbols/elf_symbols.h"
#include "lib/symbols/file_search.h"
#include "lib/symbols/vdso_image.h"

namespace simdprof {
namespace {

constexpr std::string_view kKernelName = "[kernel.kallsyms]";

bool is_image(const Mapping* mapping) { return mapping == nullptr || mapping->path.starts_with(kKernelName); }

/// "nf_tables" of "/lib/modules/.../nf-tables.ko.xz" or "[nf_tables]".
std::string module_name(std::string_view path) {
  if (path.starts_with('[')) return std::string(path.substr(1, path.find(']') - 1));
  std::string_view base = path.substr(path.rfind('/') + 1);
  base = base.substr(0, base.find(".ko"));
  std::string name(base);
  std::ranges::replace(name, '-', '_');
  return name;
}

/// Build id of the running kernel, from the ELF notes it shows; empty where it shows none.
std::string running_build_id() {
  const auto notes = load_bytes("/sys/kernel/notes", std::size_t{1} << 20U);
  if (!notes) return {};
  Cursor in(*notes);
  while (in.remaining() >= 12) {
    const std::uint32_t name_bytes = in.u32();
    const std::uint32_t id_bytes = in.u32();
    const std::uint32_t type = in.u32();
    const auto name = in.take((std::uint64_t{name_bytes} + 3) & ~std::uint64_t{3});
    const auto id = in.take((std::uint64_t{id_bytes} + 3) & ~std::uint64_t{3});
    if (in.failed()) break;
    if (type != NT_GNU_BUILD_ID || name.size() < 4 || std::memcmp(name.data(), "GNU", 4) != 0) continue;
    std::string text;
    for (const std::byte byte : id.first(id_bytes)) text += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
    return text;
  }
  return {};
}

/// 0 when the table has no such symbol.
std::uint64_t symbol_address(const SymbolTable& table, std::string_view name) {
  const auto found = std::ranges::find(table.all(), name, &Symbol::name);
  return found == table.all().end() ? 0 : found->start;
}

}  // namespace

/// Whether the running kernel is the recorded one.
Status KernelResolver::check_running_kernel() const {
  if (options_.kernel_release != running_release()) {
    return fail(Errc::not_found,
                fmt::format("recorded on kernel {}, this is {}", options_.kernel_release, running_release()));
  }
  if (!options_.kernel_build_id.empty()) {
    const std::string running = running_build_id();
    if (!running.empty() && !same_build_id(options_.kernel_build_id, running)) {
      return fail(Errc::not_found, "build id of the recorded kernel differs from this one's");
    }
  }
  return {};
}

Status KernelResolver::load_listing() {
  if (auto same = check_running_kernel(); !same) return same;
  auto listing = begun_.valid() ? begun_.get() : load_kernel_listing();
  if (!listing) return fail(listing.error());
  listing_ = *std::move(listing);
  return {};
}

void KernelResolver::load_vmlinux(InternedText& text) {
  const std::string& release = options_.kernel_release;
  std::vector<std::string> places = {options_.symfs + "/boot/vmlinux-" + release,
                                     options_.symfs + "/lib/modules/" + release + "/build/vmlinux",
                                     options_.symfs + "/usr/lib/debug/boot/vmlinux-" + release,
                                     options_.symfs + "/usr/lib/debug/lib/modules/" + release + "/vmlinux"};
  for (const std::string& dir : options_.debug_dirs) {
    places.push_back(fmt::format("{}/boot/vmlinux-{}", dir, release));
    places.push_back(dir + "/vmlinux");
  }
  // Without a build id nothing tells whether a vmlinux is the kernel that was recorded.
  if (options_.kernel_build_id.empty()) return;
  for (const std::string& place : places) {
    FoundFile found = open_image_at(options_, place, options_.kernel_build_id);
    if (found.image == nullptr) continue;
    vmlinux_ = std::make_unique<Dso>();
    vmlinux_->name = kKernelName;
    vmlinux_->path = text.intern(place);
    vmlinux_->image = std::move(found.image);
    vmlinux_->symbols = NamedSymbols(load_symbols(*vmlinux_->image, text), options_.demangle);
    vmlinux_text_ = symbol_address(vmlinux_->symbols.table(), "_text");
    vmlinux_stext_ = symbol_address(vmlinux_->symbols.table(), "_stext");
    return;
  }
}

void KernelResolver::prefetch(KernelListingAhead begun) {
  if (loaded_ || begun_.valid()) return;
  if (!begun.valid() && options_.kernel_release == running_release()) begun = load_kernel_listing_ahead();
  begun_ = std::move(begun);
}

void KernelResolver::load(InternedText& text) {
  if (loaded_) return;
  loaded_ = true;
  const Status status = load_listing();
  if (status) return;
  load_vmlinux(text);
  if (vmlinux_ == nullptr) problem_ = render_error(with_input(status.error(), "/proc/kallsyms"));
}

std::optional<VirtAddr> KernelResolver::listed_address(VirtAddr address, const Mapping* mapping,
                                                       const Mapping* image) const {
  if (listing_.symbols == nullptr) return std::nullopt;
  if (!is_image(mapping)) {
    const auto module = listing_.modules.find(module_name(mapping->path));
    // Where /proc/modules is restricted, nothing tells whether it moved; the kernel is the same.
    if (listing_.modules.empty()) return address;
    if (module == listing_.modules.end()) return std::nullopt;
    return address - mapping->start + module->second;
  }
  if (image == nullptr || image->file_offset == 0) return address;
  const VirtAddr now = image->path.ends_with("_stext") ? listing_.symbols->image_stext : listing_.symbols->image_text;
  return now == 0 ? address : address - image->file_offset + now;
}

std::optional<std::uint64_t> KernelResolver::vmlinux_address(VirtAddr address, const Mapping* image) const {
  if (vmlinux_ == nullptr || image == nullptr || image->file_offset == 0) return std::nullopt;
  const std::uint64_t linked = image->path.ends_with("_stext") ? vmlinux_stext_ : vmlinux_text_;
  if (linked == 0) return std::nullopt;
  return address - image->file_offset + linked;
}

Location KernelResolver::locate(VirtAddr address, const Mapping* mapping, const Mapping* image, InternedText& text) {
  Location location;
  location.address = address;
  location.dso_address = address;
  if (mapping != nullptr && mapping->kernel_symbol) {
    location.dso = location.dso_path = location.symbol = text.intern(mapping->path);
    location.symbol_offset = address - mapping->start;
    location.reason = Unresolved::resolved;
    return location;
  }
  load(text);
  location.dso = text.intern(is_image(mapping) ? kKernelName : fmt::format("[{}]", module_name(mapping->path)));
  location.dso_path = is_image(mapping) ? location.dso : text.intern(mapping->path);
  location.reason = Unresolved::kernel_hidden;
  if (listing_.symbols != nullptr) {
    const auto now = listed_address(address, mapping, image);
    const Symbol* symbol = now ? listing_.symbols->table.find(*now) : nullptr;
    location.reason = symbol == nullptr ? Unresolved::outside_symbols : Unresolved::resolved;
    if (symbol == nullptr) return location;
    location.symbol = text.intern(kallsyms_name(symbol->name));
    location.symbol_offset = *now - symbol->start;
    if (const std::string_view module = kallsyms_module(symbol->name); !module.empty()) {
      location.dso = text.intern(fmt::format("[{}]", module));
      if (is_image(mapping)) location.dso_path = location.dso;
    }
    return location;
  }
  if (!is_image(mapping)) return location;
  if (const auto linked = vmlinux_address(address, image)) {
    const Symbol* symbol = vmlinux_->symbols.table().find(*linked);
    location.dso_address = *linked;
    location.reason = symbol == nullptr ? Unresolved::outside_symbols : Unresolved::resolved;
    if (symbol == nullptr) return location;
    location.symbol = vmlinux_->symbols.shown_name(*symbol, text);
    location.symbol_offset = *linked - symbol->start;
  }
  return location;
}

}  // namespace simdprof
