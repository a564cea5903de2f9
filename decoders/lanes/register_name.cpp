#include "decoders/lanes/register_name.h"

#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

namespace simdprof {
namespace {

struct ClassFact {
  std::string_view name;
  std::string_view prefix;  ///< before the number; for gpr none
  unsigned bits;
  unsigned count;  ///< 1: the prefix is the whole name
};
constexpr std::array<ClassFact, kRegisterClasses> kClasses = {
    ClassFact{"gpr", "", 64, 64},     ClassFact{"xmm", "xmm", 128, 32}, ClassFact{"ymm", "ymm", 256, 32},
    ClassFact{"zmm", "zmm", 512, 32}, ClassFact{"opmask", "k", 64, 8},  ClassFact{"mxcsr", "mxcsr", 32, 1},
    ClassFact{"neon", "v", 128, 32},  ClassFact{"sve", "z", 2048, 32},  ClassFact{"predicate", "p", 256, 16},
    ClassFact{"ffr", "ffr", 256, 1},  ClassFact{"fpsr", "fpsr", 32, 1}, ClassFact{"fpcr", "fpcr", 32, 1},
};
const ClassFact& fact(RegisterClass kind) { return kClasses[static_cast<std::size_t>(kind)]; }

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

// Registers 0..9 of the kernel's numbering are written with an `r` in 64-bit assembly, with an `e` in 32-bit: rax, ...,
// rip, rflags.
constexpr unsigned kLastPrefixed = abi::PERF_REG_X86_FLAGS;

bool same_gpr(abi::Arch arch, unsigned number, std::string_view wanted) {
  // Names differ between the ABIs for 24..40 only, and there the legacy ABI has none.
  const std::string kernel_name = lower(abi::register_name(arch, number, abi::is_x86(arch)));
  if (kernel_name.empty()) return false;
  if (wanted == kernel_name) return true;
  if (!abi::is_x86(arch) || number > kLastPrefixed || wanted.empty()) return false;
  return (wanted.front() == 'r' || wanted.front() == 'e') && wanted.substr(1) == kernel_name;
}

std::optional<RegisterRef> parse_of_class(std::string_view wanted, RegisterClass kind) {
  const std::string_view prefix = fact(kind).prefix;
  if (!wanted.starts_with(prefix)) return std::nullopt;
  wanted.remove_prefix(prefix.size());
  if (fact(kind).count == 1) return wanted.empty() ? std::optional(RegisterRef{kind, 0}) : std::nullopt;
  unsigned number = 0;
  const char* const end = wanted.data() + wanted.size();
  const auto parsed = std::from_chars(wanted.data(), end, number);
  if (parsed.ec != std::errc{} || parsed.ptr != end || number >= fact(kind).count) return std::nullopt;
  return RegisterRef{kind, number};
}

}  // namespace

std::string_view register_class_name(RegisterClass kind) { return fact(kind).name; }
unsigned register_class_bits(RegisterClass kind) { return fact(kind).bits; }
bool is_vector_class(RegisterClass kind) {
  return kind == RegisterClass::xmm || kind == RegisterClass::ymm || kind == RegisterClass::zmm ||
         kind == RegisterClass::neon || kind == RegisterClass::sve;
}

void append_register_name(TextBuffer& out, abi::Arch arch, RegisterRef ref) {
  if (ref.kind != RegisterClass::gpr) {
    append_text(out, fact(ref.kind).prefix);
    if (fact(ref.kind).count > 1) fmt::format_to(std::back_inserter(out), "{}", ref.number);
    return;
  }
  const std::string_view kernel_name = abi::register_name(arch, ref.number, abi::is_x86(arch));
  if (kernel_name.empty()) {
    fmt::format_to(std::back_inserter(out), "reg{}", ref.number);
    return;
  }
  if (abi::is_x86(arch) && ref.number <= kLastPrefixed) append_text(out, arch == abi::Arch::x86_32 ? "e" : "r");
  for (const char c : kernel_name) out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
}

Result<RegisterRef> parse_register(std::string_view name, abi::Arch arch) {
  const std::string wanted = lower(name);
  const bool arm64 = arch == abi::Arch::arm64;
  const auto first = arm64 ? RegisterClass::neon : RegisterClass::xmm;
  const auto last = arm64 ? RegisterClass::fpcr : RegisterClass::mxcsr;
  for (auto kind = static_cast<std::size_t>(first); kind <= static_cast<std::size_t>(last); ++kind) {
    if (const auto ref = parse_of_class(wanted, static_cast<RegisterClass>(kind))) return *ref;
  }
  for (unsigned number = 0; number < fact(RegisterClass::gpr).count; ++number) {
    if (same_gpr(arch, number, wanted)) return RegisterRef{RegisterClass::gpr, number};
  }
  return fail(Errc::usage, fmt::format("no register '{}'; names are such as {}", name,
                                       arm64 ? "x0, sp, v0..v31, z7, p0..p15, ffr, fpsr, fpcr"
                                             : "rax, xmm0..xmm31, ymm7, zmm16, k1, mxcsr"));
}

Result<std::vector<RegisterRef>> parse_register_list(std::string_view list, abi::Arch arch) {
  std::vector<RegisterRef> registers;
  while (true) {
    const std::size_t comma = list.find(',');
    const auto ref = parse_register(list.substr(0, comma), arch);
    if (!ref) return fail(ref.error());
    registers.push_back(*ref);
    if (comma == std::string_view::npos) return registers;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace simdprof
