#include "decoders/validity/kernel_ranges.h"

#include <algorithm>
#include <bit>

namespace simdprof {
namespace {

constexpr VirtAddr kVsyscallPage = 0xffffffffff600000;
constexpr std::uint64_t kPageBytes = 4096;

// Direct map to the end of vmalloc space, x86-64 with 4-level paging: Documentation/arch/x86/x86_64/mm.rst.
constexpr std::uint64_t kDirectMapStart = 0xffff888000000000;
constexpr std::uint64_t kVmallocEnd = 0xffffe8ffffffffff;

// The same with 5-level paging. The kernel moves its regions in here at boot.
constexpr std::uint64_t kFiveLevelStart = 0xff11000000000000;
constexpr std::uint64_t kFiveLevelEnd = 0xffdfffffffffffff;
constexpr unsigned kTerabyteBits = 40;
constexpr std::size_t kMaxTerabytes = 32;
// A register of a kernel hit can hold anything; what two point to is kernel data.
constexpr unsigned kSurelySeen = 2;

// kernel-side limits of this stage: a recording with more modules is no real one.
constexpr std::size_t kMaxRanges = 4096;
// The recorded mapping of the kernel image runs to the next module or to the end of memory; the code is in its start.
constexpr std::uint64_t kLargestText = std::uint64_t{64} << 20U;

// Text and modules of x86-64 lie in the last 2 GiB, where negative 32-bit integers lie too. No code is in the last 16
// MiB, so integers down to -2^24 are told apart; larger ones are not, which is why one word is never enough.
constexpr std::int64_t kSmallestInteger = -(std::int64_t{1} << 24U);
constexpr std::int32_t kSmallHalf = 1 << 16U;

bool is_small_pair(std::uint64_t word) {
  const auto low = static_cast<std::int32_t>(word);
  const auto high = static_cast<std::int32_t>(word >> 32U);
  const auto is_small = [](std::int32_t half) { return half > -kSmallHalf && half < kSmallHalf; };
  return is_small(low) && is_small(high);
}

bool in_five_level_space(VirtAddr address) { return address >= kFiveLevelStart && address <= kFiveLevelEnd; }

}  // namespace

bool is_kernel_address(abi::Arch arch, VirtAddr address) {
  switch (arch) {
    case abi::Arch::x86_64: return in_upper_half(address) && (address & ~(kPageBytes - 1)) != kVsyscallPage;
    case abi::Arch::arm64:
    case abi::Arch::riscv64: return in_upper_half(address);
    case abi::Arch::unknown:
    case abi::Arch::x86_32:
    case abi::Arch::arm32:
    case abi::Arch::ppc64:
    case abi::Arch::s390: return false;
  }
  return false;
}

void KernelRanges::observe(const MmapRecord& record) {
  if (!record.kernel || !in_upper_half(record.start) || record.length == 0 || ranges_.size() == kMaxRanges) return;
  const std::uint64_t length = std::min(record.length, kLargestText);
  const VirtAddr end = record.start + std::min(length, ~record.start);
  ranges_.push_back({record.start, end});
}

void KernelRanges::note_terabyte(VirtAddr address, unsigned times) {
  const std::uint64_t number = address >> kTerabyteBits;
  const auto known = std::find_if(terabytes_.begin(), terabytes_.end(),
                                  [number](const Terabyte& terabyte) { return terabyte.number == number; });
  if (known != terabytes_.end()) {
    known->seen = std::min(known->seen + times, kSurelySeen);
  } else if (terabytes_.size() < kMaxTerabytes) {
    terabytes_.push_back({number, times});
  }
}

void KernelRanges::observe_kernel_hit(const RegisterSet& intr) {
  if (arch_ != abi::Arch::x86_64 || ((intr.gpr_present >> abi::PERF_REG_X86_SP) & 1U) == 0) return;
  if (!in_five_level_space(intr.gpr[abi::PERF_REG_X86_SP])) return;
  note_terabyte(intr.gpr[abi::PERF_REG_X86_SP], kSurelySeen);
  for (std::uint64_t left = intr.gpr_present; left != 0; left &= left - 1) {
    const std::uint64_t word = intr.gpr[static_cast<std::size_t>(std::countr_zero(left))];
    if (in_five_level_space(word)) note_terabyte(word, 1);
  }
}

bool KernelRanges::is_kernel_pointer(std::uint64_t word) const {
  if (!in_upper_half(word) || static_cast<std::int64_t>(word) >= kSmallestInteger || is_small_pair(word)) return false;
  if (arch_ == abi::Arch::x86_64 && word >= kDirectMapStart && word <= kVmallocEnd) return true;
  const auto holds_word = [word](const Terabyte& terabyte) {
    return terabyte.seen >= kSurelySeen && terabyte.number == word >> kTerabyteBits;
  };
  if (std::any_of(terabytes_.begin(), terabytes_.end(), holds_word)) return true;
  return std::any_of(ranges_.begin(), ranges_.end(),
                     [word](const Range& range) { return word >= range.start && word < range.end; });
}

}  // namespace simdprof
