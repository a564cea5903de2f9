#include "cmd/export_lowering.h"

#include <algorithm>
#include <bit>
#include <variant>

namespace simdprof::cmd {
namespace {

using perfdata::PlainRegisters;
using perfdata::SampleChange;

constexpr unsigned kXmmRegisters = 16;

/// Bits of a SIMD ABI mask that mean the same in the legacy ABI.
std::uint64_t legacy_gprs(std::uint64_t mask, abi::Arch arch) {
  return abi::is_x86(arch) ? mask & ~(abi::kX86SimdGprMask | abi::kX86LegacyXmmMask) : mask;
}

/// Bits of the first `count` XMM registers.
std::uint64_t xmm_mask(unsigned count) {
  const unsigned registers = std::min(count, kXmmRegisters);
  return abi::kX86LegacyXmmMask & ~(registers == kXmmRegisters ? 0 : ~std::uint64_t{0} << (32 + 2 * registers));
}

PlainRegisters lower_section(const RegisterBlock& block, abi::Arch arch) {
  PlainRegisters out;
  out.abi = block.abi & abi::kRegsAbiBitness;
  out.mask = block.simd_abi() ? legacy_gprs(block.mask, arch) : block.mask;
  std::size_t next = 0;
  for (std::uint64_t mask = block.mask; mask != 0; mask &= mask - 1) {
    out.words[static_cast<unsigned>(std::countr_zero(mask))] = block.words[next++];
  }
  if (!block.simd_abi() || !abi::is_x86(arch) || block.vector_qwords < 2) return out;
  const std::uint64_t xmm = xmm_mask(block.nr_vectors);
  out.mask |= xmm;
  for (std::uint64_t mask = xmm; mask != 0; mask &= mask - 1) {
    const auto bit = static_cast<unsigned>(std::countr_zero(mask));
    const std::size_t number = (bit - abi::PERF_REG_X86_XMM0) / 2;
    out.words[bit] = block.simd[number * block.vector_qwords + bit % 2];
  }
  return out;
}

bool trusted(Presence presence) { return presence == Presence::valid || presence == Presence::init; }

/// XMM0..15 of a set into bits 32..63. INIT is architecturally zero; what is not recorded gets no bit.
bool add_xmm(const RegisterSet& set, PlainRegisters& out) {
  bool any = false;
  for (unsigned number = 0; number < kXmmRegisters; ++number) {
    const VectorRegister& vector = set.vector[number];
    if (!trusted(vector.xmm)) continue;
    any = true;
    for (unsigned word = 0; word < 2; ++word) {
      const unsigned bit = abi::PERF_REG_X86_XMM0 + 2 * number + word;
      out.mask |= std::uint64_t{1} << bit;
      out.words[bit] = vector.xmm == Presence::valid ? vector.words[word] : 0;
    }
  }
  return any;
}

bool has_wide(const RegisterSet& set) {
  for (std::size_t number = 0; number < set.vector.size(); ++number) {
    const VectorRegister& vector = set.vector[number];
    if (vector.ymm_high == Presence::valid || vector.zmm_high == Presence::valid) return true;
    if (number >= kXmmRegisters && vector.xmm == Presence::valid) return true;
  }
  return false;
}

std::optional<std::uint64_t> mask_of(const RegisterBlock& block, const std::optional<PlainRegisters>& changed) {
  if (block.bytes.empty() || block.abi == abi::PERF_SAMPLE_REGS_ABI_NONE) return std::nullopt;
  return changed ? changed->mask : block.mask;
}

std::uint64_t expected_mask(std::uint64_t mask, std::uint64_t vectors, const abi::EventAttr& attr, abi::Arch arch) {
  if (attr.sample_simd_regs_enabled == 0) return mask;
  const bool has_xmm = abi::is_x86(arch) && attr.sample_simd_vec_reg_qwords >= 2;
  return legacy_gprs(mask, arch) | (has_xmm ? xmm_mask(static_cast<unsigned>(std::popcount(vectors))) : 0);
}

}  // namespace

abi::EventAttr lower_attr(const abi::EventAttr& attr, bool strip_registers, bool sample_id_all, bool has_format) {
  abi::EventAttr out = attr;
  out.size = perfdata::kAttrBytes;
  out.sample_type |= abi::PERF_SAMPLE_IDENTIFIER;
  if (strip_registers) out.sample_type &= ~(abi::PERF_SAMPLE_REGS_USER | abi::PERF_SAMPLE_REGS_INTR);
  if (strip_registers) out.sample_regs_user = out.sample_regs_intr = 0;
  if (sample_id_all) out.flags |= abi::kAttrSampleIdAll;
  out.flags &= ~(abi::kAttrDeferCallchain | abi::kAttrDeferOutput);
  out.branch_sample_type &= ~abi::PERF_SAMPLE_BRANCH_COUNTERS;
  if (out.type == abi::PERF_TYPE_TRACEPOINT && !has_format) {
    // Without the format of a tracepoint's raw bytes perf refuses the whole file.
    out.type = abi::PERF_TYPE_SOFTWARE;
    out.config = abi::PERF_COUNT_SW_BPF_OUTPUT;
  }
  return out;
}

RegisterMasks expected_masks(const abi::EventAttr& attr, abi::Arch arch, bool makes_images) {
  RegisterMasks masks;
  if ((attr.sample_type & abi::PERF_SAMPLE_REGS_USER) != 0) {
    masks.user = expected_mask(attr.sample_regs_user, attr.sample_simd_vec_reg_user, attr, arch);
    if (makes_images && abi::is_x86(arch)) *masks.user |= abi::kX86LegacyXmmMask;
  }
  if ((attr.sample_type & abi::PERF_SAMPLE_REGS_INTR) != 0) {
    masks.intr = expected_mask(attr.sample_regs_intr, attr.sample_simd_vec_reg_intr, attr, arch);
  }
  return masks;
}

SampleLowering::SampleLowering(const RecordingFacts& facts)
    : arch_(facts.arch),
      events_(event_registers(facts.events, facts.source(), facts.arch)),
      stage_(facts.arch, facts.xsave, events_) {}

bool SampleLowering::makes_images(std::uint32_t event) const {
  return event < events_.size() && events_[event].makes_images;
}

Status SampleLowering::observe(const Record& record) { return stage_.observe(record); }

void SampleLowering::count_simd(const Sample& sample) {
  bool wide = false, opmask = false, gprs = false;
  for (const RegisterBlock* block : {&sample.regs_user, &sample.regs_intr}) {
    if (!block->simd_abi()) continue;
    wide = wide || (block->nr_vectors != 0 && block->vector_qwords > 2) || block->nr_vectors > kXmmRegisters;
    opmask = opmask || block->nr_pred != 0;
    gprs = gprs || (abi::is_x86(arch_) && (block->mask & abi::kX86SimdGprMask) != 0);
  }
  counts_.wide += wide ? 1 : 0;
  counts_.opmask += opmask ? 1 : 0;
  counts_.extended_gprs += gprs ? 1 : 0;
}

void SampleLowering::add_image(const Sample& sample, SampleChange& change) {
  stage_.build(sample, sets_);
  const RegisterSet& user = sets_.user;
  if (user.vector_origin == Origin::regset) ++counts_.arm64;
  if (user.vector_origin != Origin::xstate) return;
  if (sample.regs_user.abi == abi::PERF_SAMPLE_REGS_ABI_NONE) {
    ++counts_.no_section;
    return;
  }
  if (sets_.image_late || sets_.image_ip_differs) {
    ++counts_.untrusted;
    return;
  }
  if (!change.user) change.user = lower_section(sample.regs_user, arch_);
  if (add_xmm(user, *change.user)) ++counts_.xmm_from_images;
  if (has_wide(user)) ++counts_.wide;
  if (user.opmask_presence == Presence::valid) ++counts_.opmask;
  if (user.mxcsr_presence == Presence::valid) ++counts_.mxcsr;
}

RegisterMasks SampleLowering::lower(const Sample& sample, SampleChange& change) {
  if (sample.regs_user.simd_abi()) change.user = lower_section(sample.regs_user, arch_);
  if (sample.regs_intr.simd_abi()) change.intr = lower_section(sample.regs_intr, arch_);
  if (change.user || change.intr) count_simd(sample);
  if (makes_images(sample.event)) add_image(sample, change);
  return {mask_of(sample.regs_user, change.user), mask_of(sample.regs_intr, change.intr)};
}

RegisterMasks SampleLowering::drop_xmm(const Sample& sample, SampleChange& change) {
  if (change.user) change.user->mask &= ~abi::kX86LegacyXmmMask;
  if (change.intr) change.intr->mask &= ~abi::kX86LegacyXmmMask;
  return {mask_of(sample.regs_user, change.user), mask_of(sample.regs_intr, change.intr)};
}

}  // namespace simdprof::cmd
