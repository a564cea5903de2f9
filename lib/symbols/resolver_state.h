#pragma once

#include <memory>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "lib/symbols/dso.h"
#include "lib/symbols/interned_text.h"
#include "lib/symbols/jit_map.h"
#include "lib/symbols/kernel_resolver.h"
#include "lib/symbols/resolver.h"

namespace simdprof {

/// What a Resolver keeps. The Unwinder shares its opened files.
struct Resolver::State {
  struct Version {
    std::string_view build_id;
    std::unique_ptr<Dso> dso;
  };

  explicit State(SymbolOptions given) : options(std::move(given)), kernel(options) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() = default;

  SymbolOptions options;
  InternedText text;
  std::string_view unknown = text.intern("[unknown]");
  std::string_view guest_kernel = text.intern("[guest.kernel]");
  std::string_view guest_user = text.intern("[guest.user]");
  std::unordered_map<std::string_view, std::vector<Version>> dsos;  ///< by path as mapped
  std::unordered_map<Pid, std::unique_ptr<JitSymbols>> jits;        ///< nullptr: none was found
  KernelResolver kernel;

  /// The file behind a mapping, loaded when first asked for.
  Dso& dso_of(const Mapping& mapping);
  const JitSymbols* jit_of(Pid pid);
  /// Location without source lines; `dso` is set when the address lies in a file that could be opened and holds it.
  Location locate(const AddressSpaces& spaces, Pid pid, VirtAddr address, CpuMode mode, Dso*& dso);

 private:
  /// Whether the file holds the address, so that source lines can be asked for.
  bool locate_in_file(Location& location, Dso& dso, const Mapping& mapping);
  void locate_anonymous(Location& location, Pid pid, const Mapping& mapping);
};

}  // namespace simdprof
