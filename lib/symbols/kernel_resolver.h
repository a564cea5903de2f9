#pragma once

#include <future>
#include <memory>
#include <optional>
#include <string>

#include "lib/symbols/dso.h"
#include "lib/symbols/kernel_listing.h"

namespace simdprof {

/// Kernel addresses to places: by /proc/kallsyms when the running kernel is the recorded one, else by a vmlinux file.
class KernelResolver {
 public:
  /// @param options  must outlive this
  explicit KernelResolver(const SymbolOptions& options) : options_(options) {}

  /// locate() will be called: starts to read what it will need in a thread of its own, where `begun` has not.
  void prefetch(KernelListingAhead begun);

  /// @param mapping  what the recording says is at `address`; may be nullptr
  /// @param image    the recording's mapping of the kernel image, which tells where the kernel was; may be nullptr
  Location locate(VirtAddr address, const Mapping* mapping, const Mapping* image, InternedText& text);
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  void load(InternedText& text);
  [[nodiscard]] Status check_running_kernel() const;
  Status load_listing();
  void load_vmlinux(InternedText& text);
  /// The address that now is what `address` was when it was recorded; empty when the module is gone.
  [[nodiscard]] std::optional<VirtAddr> listed_address(VirtAddr address, const Mapping* mapping,
                                                       const Mapping* image) const;
  [[nodiscard]] std::optional<std::uint64_t> vmlinux_address(VirtAddr address, const Mapping* image) const;

  const SymbolOptions& options_;
  bool loaded_ = false;
  KernelListing listing_;
  std::unique_ptr<Dso> vmlinux_;
  std::uint64_t vmlinux_text_ = 0;   ///< address of _text in it
  std::uint64_t vmlinux_stext_ = 0;  ///< address of _stext in it
  std::string problem_;
  KernelListingAhead begun_;
};

}  // namespace simdprof
