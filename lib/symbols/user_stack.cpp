#include "lib/symbols/user_stack.h"

#include <bit>

namespace simdprof {
namespace {

/// DWARF number of each general register of x86-64 by its perf number; kNone: not one of those.
/// Source: System V ABI for x86-64, figure 3.36.
constexpr std::uint8_t kNone = 0xff;
constexpr std::array<std::uint8_t, 24> kX86Numbers = {0,     3,     2,     1,     4, 5, 6,  7,  16, kNone, kNone, kNone,
                                                      kNone, kNone, kNone, kNone, 8, 9, 10, 11, 12, 13,    14,    15};

/// BX and R12..R15: an NMI in the kernel cannot read the user's and writes all ones in all five (rule R13).
constexpr std::uint64_t kNmiUnread =
    (std::uint64_t{1} << abi::PERF_REG_X86_BX) | (std::uint64_t{0xf} << (abi::PERF_REG_X86_R15 - 3));
constexpr std::uint64_t kNotCaptured = ~std::uint64_t{0};

/// The registers of the section whose words are the user's.
std::uint64_t captured_mask(const RegisterBlock& block, abi::Arch arch) {
  if (arch != abi::Arch::x86_64 || (block.mask & kNmiUnread) != kNmiUnread) return block.mask;
  for (std::uint64_t left = kNmiUnread; left != 0; left &= left - 1) {
    const auto below = block.mask & ((left & (~left + 1)) - 1);
    const auto word = static_cast<std::size_t>(std::popcount(below));
    if (word >= block.words.size() || block.words[word] != kNotCaptured) return block.mask;
  }
  return block.mask & ~kNmiUnread;
}

std::uint8_t dwarf_number(unsigned perf_number, abi::Arch arch) {
  if (arch == abi::Arch::arm64)
    return perf_number <= abi::PERF_REG_ARM64_PC ? static_cast<std::uint8_t>(perf_number) : kNone;
  return perf_number < kX86Numbers.size() ? kX86Numbers[perf_number] : kNone;
}

}  // namespace

RegisterNumbers register_numbers(abi::Arch arch) {
  if (arch == abi::Arch::arm64) return {31, 29, 30};
  return {7, 6, std::nullopt};
}

std::optional<UserRegisters> user_registers(const RegisterBlock& block, abi::Arch arch) {
  const bool known_arch = arch == abi::Arch::x86_64 || arch == abi::Arch::arm64;
  if (!known_arch || (block.abi & abi::PERF_SAMPLE_REGS_ABI_64) == 0) return std::nullopt;
  UserRegisters user;
  const std::uint64_t captured = captured_mask(block, arch);
  bool has_ip = false;
  bool has_stack = false;
  std::size_t word = 0;
  for (std::uint64_t left = block.mask; left != 0 && word < block.words.size(); left &= left - 1, ++word) {
    const auto number = static_cast<unsigned>(std::countr_zero(left));
    const std::uint8_t dwarf = dwarf_number(number, arch);
    if (dwarf == kNone || ((captured >> number) & 1U) == 0) continue;
    user.registers.set(dwarf, block.words[word]);
    has_stack = has_stack || number == abi::sp_register(arch);
    if (number == abi::ip_register(arch)) {
      has_ip = true;
      user.ip = block.words[word];
    }
  }
  if (!has_ip || !has_stack) return std::nullopt;
  return user;
}

std::optional<std::uint64_t> read_stack(std::span<const std::byte> stack, VirtAddr start, VirtAddr address,
                                        unsigned bytes) {
  if (address < start || address - start > stack.size() || stack.size() - (address - start) < bytes) {
    return std::nullopt;
  }
  std::uint64_t value = 0;
  const auto place = static_cast<std::size_t>(address - start);
  for (unsigned i = 0; i < bytes; ++i) value |= std::to_integer<std::uint64_t>(stack[place + i]) << (8U * i);
  return value;
}

}  // namespace simdprof
