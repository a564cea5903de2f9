#include "lib/symbols/resolver.h"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "lib/symbols/resolver_state.h"

namespace simdprof {
namespace {

abi::Arch arch_of(unsigned elf_machine) {
  switch (elf_machine) {
    case EM_X86_64: return abi::Arch::x86_64;
    case EM_386: return abi::Arch::x86_32;
    case EM_AARCH64: return abi::Arch::arm64;
    default: return abi::Arch::unknown;
  }
}

bool is_kernel(CpuMode mode, VirtAddr address) {
  return mode == CpuMode::kernel || (mode == CpuMode::unknown && in_upper_half(address));
}

}  // namespace

Dso& Resolver::State::dso_of(const Mapping& mapping) {
  std::string_view build_id = mapping.build_id;
  if (build_id.empty() && !options.build_ids.empty()) {
    const auto recorded = options.build_ids.find(std::string(mapping.path));
    if (recorded != options.build_ids.end()) build_id = recorded->second;
  }
  const auto known = dsos.find(mapping.path);
  if (known != dsos.end()) {
    for (const Version& version : known->second) {
      if (version.build_id == build_id) return *version.dso;
    }
  }
  auto dso = load_dso(options, mapping.path, build_id, text);
  std::vector<Version>& versions = known != dsos.end() ? known->second : dsos[dso->path];
  versions.push_back({text.intern(build_id), std::move(dso)});
  return *versions.back().dso;
}

const JitSymbols* Resolver::State::jit_of(Pid pid) {
  const auto [place, is_new] = jits.try_emplace(pid);
  if (is_new) {
    if (auto loaded = load_jit_map(options.symfs, pid)) place->second = *std::move(loaded);
  }
  return place->second.get();
}

bool Resolver::State::locate_in_file(Location& location, Dso& dso, const Mapping& mapping) {
  const FileOffset offset = offset_in_file(mapping, location.address);
  location.dso = dso.name;
  location.dso_path = dso.path;
  location.dso_address = offset;
  location.reason = dso.reason;
  if (dso.image == nullptr) return false;
  const auto address = dso.image->address_of(offset);
  const Symbol* symbol = address ? dso.symbols.table().find(*address) : nullptr;
  if (address) location.dso_address = *address;
  if (symbol != nullptr) {
    location.symbol = dso.symbols.shown_name(*symbol, text);
    location.symbol_offset = *address - symbol->start;
  } else if (dso.reason == Unresolved::resolved) {
    location.reason = Unresolved::outside_symbols;
  }
  return address.has_value();
}

void Resolver::State::locate_anonymous(Location& location, Pid pid, const Mapping& mapping) {
  location.dso = text.intern(short_name(mapping.path));
  location.dso_path = text.intern(mapping.path);
  location.dso_address = location.address - mapping.start;
  location.reason = Unresolved::anonymous_map;
  const JitSymbols* jit = jit_of(pid);
  if (jit == nullptr) return;
  location.dso = text.intern(fmt::format("[JIT] tid {}", pid));
  location.dso_address = location.address;
  const Symbol* symbol = jit->table.find(location.address);
  if (symbol == nullptr) return;
  location.symbol = text.intern(symbol->name);
  location.symbol_offset = location.address - symbol->start;
  location.reason = Unresolved::resolved;
}

Location Resolver::State::locate(const AddressSpaces& spaces, Pid pid, VirtAddr address, CpuMode mode, Dso*& dso) {
  dso = nullptr;
  Location location;
  location.address = address;
  location.dso = unknown;
  location.dso_path = unknown;
  location.dso_address = address;
  if (mode == CpuMode::guest_kernel || mode == CpuMode::guest_user) {
    location.reason = Unresolved::guest;
    location.dso = mode == CpuMode::guest_kernel ? guest_kernel : guest_user;
    location.dso_path = location.dso;
    return location;
  }
  if (is_kernel(mode, address)) {
    return kernel.locate(address, spaces.find_kernel(address), spaces.kernel_image(), text);
  }
  const Mapping* mapping = mode == CpuMode::hypervisor ? nullptr : spaces.find(pid, address);
  if (mapping == nullptr) return location;
  if (map_kind(mapping->path) == MapKind::anonymous) {
    locate_anonymous(location, pid, *mapping);
    return location;
  }
  Dso& file = dso_of(*mapping);
  if (locate_in_file(location, file, *mapping)) dso = &file;
  return location;
}

Resolver::Resolver(SymbolOptions options) : state_(std::make_unique<State>(std::move(options))) {}
Resolver::Resolver(Resolver&&) noexcept = default;
Resolver& Resolver::operator=(Resolver&&) noexcept = default;
Resolver::~Resolver() = default;

void Resolver::prefetch_kernel(KernelListingAhead begun) { state_->kernel.prefetch(std::move(begun)); }

Location Resolver::locate(const AddressSpaces& spaces, Pid pid, VirtAddr address, CpuMode mode) {
  Dso* dso = nullptr;
  return state_->locate(spaces, pid, address, mode, dso);
}

Location Resolver::locate_lines(const AddressSpaces& spaces, Pid pid, VirtAddr address, CpuMode mode) {
  Dso* dso = nullptr;
  Location location = state_->locate(spaces, pid, address, mode, dso);
  if (dso == nullptr) return location;
  if (LineIndex* lines = lines_of(*dso, state_->text, state_->options.demangle); lines != nullptr) {
    location.frames = lines->locate(location.dso_address, location.symbol);
  }
  return location;
}

Resolver::Code Resolver::code_at(const AddressSpaces& spaces, Pid pid, VirtAddr address, CpuMode mode,
                                 std::size_t most) {
  if (mode != CpuMode::user) return {};
  const Mapping* mapping = spaces.find(pid, address);
  if (mapping == nullptr || map_kind(mapping->path) == MapKind::anonymous) return {};
  const Dso& dso = state_->dso_of(*mapping);
  if (dso.image == nullptr) return {};
  return {arch_of(dso.image->machine()), dso.image->bytes_at(offset_in_file(*mapping, address), most)};
}

std::vector<Resolver::Problem> Resolver::problems() const {
  std::vector<Problem> problems;
  for (const auto& [path, versions] : state_->dsos) {
    for (const State::Version& version : versions) {
      const Unresolved reason = version.dso->reason;
      if (reason == Unresolved::resolved || reason == Unresolved::anonymous_map) continue;
      problems.push_back({std::string(path), reason, version.dso->detail});
    }
  }
  if (!state_->kernel.problem().empty()) {
    problems.push_back({"[kernel.kallsyms]", Unresolved::kernel_hidden, state_->kernel.problem()});
  }
  std::ranges::sort(problems, {}, [](const Problem& problem) { return std::tie(problem.path, problem.detail); });
  return problems;
}

}  // namespace simdprof
