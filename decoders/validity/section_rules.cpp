#include "decoders/validity/section_rules.h"

#include <algorithm>
#include <bit>
#include <optional>

namespace simdprof {
namespace {

constexpr std::uint64_t kRing3 = 3;
constexpr std::uint32_t kMaxEvents = 65536;

std::optional<std::uint64_t> word_of(const RegisterBlock& block, unsigned number) {
  if (((block.mask >> number) & 1U) == 0) return std::nullopt;
  const auto index = static_cast<std::size_t>(std::popcount(block.mask & ((std::uint64_t{1} << number) - 1)));
  if (index >= block.words.size()) return std::nullopt;
  return block.words[index];
}

/// Mask bits whose words both sections have and in which they differ.
std::uint64_t differing_words(const RegisterBlock& a, const RegisterBlock& b) {
  if (a.mask == b.mask && a.words.same_bytes(b.words)) return 0;
  std::uint64_t differing = 0;
  for (std::uint64_t left = a.mask & b.mask; left != 0; left &= left - 1) {
    const auto number = static_cast<unsigned>(std::countr_zero(left));
    const auto mine = word_of(a, number), other = word_of(b, number);
    if (mine && other && *mine != *other) differing |= std::uint64_t{1} << number;
  }
  return differing;
}

/// Whether the SIMD parts differ in a register and word that both have.
bool simd_differs(const RegisterBlock& a, const RegisterBlock& b) {
  if (!a.simd_abi() || !b.simd_abi()) return false;
  if (a.vector_qwords == b.vector_qwords && a.nr_vectors == b.nr_vectors && a.simd.same_bytes(b.simd)) return false;
  const std::size_t vectors = std::min(a.nr_vectors, b.nr_vectors);
  const std::size_t qwords = std::min(a.vector_qwords, b.vector_qwords);
  const auto word = [](const RegisterBlock& block, std::size_t index) {
    return index < block.simd.size() ? block.simd[index] : 0;
  };
  for (std::size_t vector = 0; vector < vectors; ++vector) {
    for (std::size_t qword = 0; qword < qwords; ++qword) {
      if (word(a, vector * a.vector_qwords + qword) != word(b, vector * b.vector_qwords + qword)) return true;
    }
  }
  return false;
}

/// Whether a section holds vectors, as it stands in the record.
bool holds_vectors(const RegisterBlock& block, abi::Arch arch) {
  if (block.abi == abi::PERF_SAMPLE_REGS_ABI_NONE) return false;
  if (block.simd_abi()) return block.nr_vectors != 0 && block.vector_qwords != 0;
  return abi::is_x86(arch) && (block.mask & abi::kX86LegacyXmmMask) != 0;
}

/// R1: both sections are there and say different things, word by word or in form.
bool sections_differ(const Sample& sample) {
  return sample.regs_user.abi != 0 && sample.regs_intr.abi != 0 && !sample.same_sections;
}

/// R2.
bool shows_kernel_frame(const Sample& sample, abi::Arch arch) {
  const RegisterBlock& user = sample.regs_user;
  if (sample.mode != CpuMode::kernel || user.abi == 0 || arch != abi::Arch::x86_64) return false;
  const auto ip = word_of(user, abi::PERF_REG_X86_IP);
  const auto cs = word_of(user, abi::PERF_REG_X86_CS);
  // A worker thread of a kernel before 6.5 has an entry frame that was never filled: all 0.
  const bool unused_frame = ip.value_or(0) == 0 && cs.value_or(0) == 0;
  if (unused_frame) return false;
  const bool kernel_ip = ip && is_kernel_address(arch, *ip);
  const bool kernel_cs = cs && (*cs & kRing3) != kRing3;
  return kernel_ip || kernel_cs;
}

/// R3: an event that leaves the kernel out shows an address of it.
bool leaks_kernel_ip(const Sample& sample, const abi::EventAttr& attr, abi::Arch arch) {
  if (attr.samples_kernel() || sample.guest()) return false;
  const auto intr_ip = sample.regs_intr.abi == 0 ? std::nullopt : word_of(sample.regs_intr, abi::ip_register(arch));
  const bool ip_leaks = sample.has(abi::PERF_SAMPLE_IP) && is_kernel_address(arch, sample.ip);
  return ip_leaks || (intr_ip && is_kernel_address(arch, *intr_ip));
}

/// R11.
bool skidded_out_of_kernel(const Sample& sample) {
  return sample.mode == CpuMode::user && sample.has(abi::PERF_SAMPLE_CALLCHAIN) && !sample.callchain.empty() &&
         sample.callchain[0] == abi::PERF_CONTEXT_KERNEL;
}

/// R13.
bool lacks_saved_registers(const Sample& sample, abi::Arch arch) {
  const RegisterBlock& user = sample.regs_user;
  if (sample.mode != CpuMode::kernel || user.abi == 0 || arch != abi::Arch::x86_64) return false;
  constexpr std::uint64_t kNotCaptured = ~std::uint64_t{0};
  if (word_of(user, abi::PERF_REG_X86_BX) != kNotCaptured) return false;
  for (unsigned number = abi::PERF_REG_X86_R15 - 3; number <= abi::PERF_REG_X86_R15; ++number) {
    if (word_of(user, number) != kNotCaptured) return false;
  }
  return true;
}

}  // namespace

bool any_section_rule_speaks(const Sample& sample, const abi::EventAttr& attr, abi::Arch arch) {
  const bool user = sample.mode == CpuMode::user;
  if (!user && sample.mode != CpuMode::kernel) return true;
  const bool lacks_user_set = sample.has(abi::PERF_SAMPLE_REGS_USER) && sample.regs_user.abi == 0;
  if (user && (sections_differ(sample) || lacks_user_set || skidded_out_of_kernel(sample))) return true;
  return shows_kernel_frame(sample, arch) || leaks_kernel_ip(sample, attr, arch) ||
         lacks_saved_registers(sample, arch) || holds_vectors(sample.regs_intr, arch);
}

void judge_r1(const CheckedSample& checked, RuleHistory& /*history*/, FindingSink& out) {
  const RegisterBlock& user = checked.sample->regs_user;
  const RegisterBlock& intr = checked.sample->regs_intr;
  if (!checked.user_mode() || !sections_differ(*checked.sample)) return;
  // Sections of different form number their registers differently.
  if ((user.abi & abi::kRegsAbiBitness) != (intr.abi & abi::kRegsAbiBitness) || user.simd_abi() != intr.simd_abi())
    return;
  const std::uint64_t differing = differing_words(user, intr);
  const bool legacy = abi::is_x86(checked.arch) && !user.simd_abi();
  const std::uint64_t vector_words = legacy ? abi::kX86LegacyXmmMask : 0;
  std::uint8_t distrust = 0;
  if ((differing & ~vector_words) != 0) distrust |= kDistrustUserGpr | kDistrustIntrGpr;
  if ((differing & vector_words) != 0 || simd_differs(user, intr)) {
    distrust |= kDistrustUserVectors | kDistrustIntrVectors;
  }
  if (distrust != 0) out.add(RuleId::r1, checked.ref).distrust = distrust;
}

void judge_r2(const CheckedSample& checked, RuleHistory& /*history*/, FindingSink& out) {
  if (shows_kernel_frame(*checked.sample, checked.arch)) out.add(RuleId::r2, checked.ref);
}

void judge_r3(const CheckedSample& checked, RuleHistory& /*history*/, FindingSink& out) {
  if (leaks_kernel_ip(*checked.sample, *checked.attr, checked.arch)) out.add(RuleId::r3, checked.ref);
}

// A recorder that unwinds by itself empties the user sets of all samples; that is no defect of the kernel.
void note_user_set(const Sample& sample, RuleHistory& history) {
  std::vector<bool>& known = history.event_has_user_set;
  if (sample.regs_user.abi == 0 || sample.event >= kMaxEvents) return;
  if (sample.event >= known.size()) known.resize(sample.event + 1);
  known[sample.event] = true;
}

void judge_r9(const CheckedSample& checked, RuleHistory& history, FindingSink& out) {
  const Sample& sample = *checked.sample;
  if (!sample.has(abi::PERF_SAMPLE_REGS_USER)) return;
  note_user_set(sample, history);
  const std::vector<bool>& known = history.event_has_user_set;
  const bool expected = sample.event < known.size() && known[sample.event];
  if (expected && sample.regs_user.abi == 0 && checked.user_mode()) out.add(RuleId::r9, checked.ref);
}

void judge_r10(const CheckedSample& checked, RuleHistory& /*history*/, FindingSink& out) {
  if (!checked.kernel_mode() || !checked.precise()) return;
  if (checked.user.empty() || checked.intr.empty()) return;
  if (!equal_vectors(checked.sets->user, checked.sets->intr)) out.add(RuleId::r10, checked.ref);
}

void judge_r11(const CheckedSample& checked, RuleHistory& /*history*/, FindingSink& out) {
  if (skidded_out_of_kernel(*checked.sample)) out.add(RuleId::r11, checked.ref);
}

void judge_r12(const CheckedSample& checked, RuleHistory& /*history*/, FindingSink& out) {
  if (checked.user_mode() || !holds_vectors(checked.sample->regs_intr, checked.arch)) return;
  out.add(RuleId::r12, checked.ref);
}

void judge_r13(const CheckedSample& checked, RuleHistory& /*history*/, FindingSink& out) {
  if (lacks_saved_registers(*checked.sample, checked.arch)) out.add(RuleId::r13, checked.ref);
}

}  // namespace simdprof
