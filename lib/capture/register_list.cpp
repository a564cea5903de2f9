#include "lib/capture/register_list.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <cctype>

#include "lib/capture/event_names.h"

namespace simdprof {
namespace {

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

bool names_a_vector(std::string_view word) {
  for (const std::string_view prefix : {"xmm", "ymm", "zmm"}) {
    if (word.size() >= prefix.size() && same_word(word.substr(0, prefix.size()), prefix)) return true;
  }
  return false;
}

Result<std::uint64_t> parse_register(std::string_view word, abi::Arch arch) {
  for (unsigned number = 0; number < 64; ++number) {
    const bool sampled = ((abi::gpr_mask(arch) >> number) & 1U) != 0;
    if (sampled && same_word(abi::register_name(arch, number), word)) return std::uint64_t{1} << number;
  }
  if (names_a_vector(word)) {
    return fail(Errc::usage, fmt::format("'{}' is a vector register: ask with --xmm, --ymm or --zmm", word));
  }
  const std::string nearest = nearest_word(word, list_register_names(arch));
  return fail(Errc::usage,
              fmt::format("no register '{}'{}", word,
                          nearest.empty() ? "; =? lists them" : fmt::format("; did you mean '{}'?", nearest)));
}

}  // namespace

Result<std::uint64_t> parse_register_mask(std::string_view text, abi::Arch arch) {
  if (text == "all" || text == "any") return abi::gpr_mask(arch);
  if (text == "none") return 0;
  std::uint64_t mask = 0;
  for (;;) {
    const std::size_t comma = text.find(',');
    const auto bit = parse_register(text.substr(0, comma), arch);
    if (!bit) return bit;
    mask |= *bit;
    if (comma == std::string_view::npos) return mask;
    text.remove_prefix(comma + 1);
  }
}

std::vector<std::string> list_register_names(abi::Arch arch) {
  std::vector<std::string> names;
  for (unsigned number = 0; number < 64; ++number) {
    const std::string_view name = abi::register_name(arch, number);
    if (((abi::gpr_mask(arch) >> number) & 1U) != 0 && !name.empty()) names.emplace_back(name);
  }
  return names;
}

abi::Arch native_arch() {
#if defined(__x86_64__)
  return abi::Arch::x86_64;
#elif defined(__i386__)
  // The registers of a sample are the kernel's.
  utsname kernel{};
  const bool kernel_is_64_bit = ::uname(&kernel) == 0 && std::string_view(kernel.machine) == "x86_64";
  return kernel_is_64_bit ? abi::Arch::x86_64 : abi::Arch::x86_32;
#elif defined(__aarch64__)
  return abi::Arch::arm64;
#elif defined(__riscv) && __riscv_xlen == 64
  return abi::Arch::riscv64;
#elif defined(__powerpc64__)
  return abi::Arch::ppc64;
#else
  return abi::Arch::unknown;
#endif
}

}  // namespace simdprof
