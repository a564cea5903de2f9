#include "lib/model/sample.h"

#include <array>
#include <bit>

namespace simdprof {

std::string_view cpu_mode_name(CpuMode mode) {
  switch (mode) {
    case CpuMode::unknown: return "unknown";
    case CpuMode::kernel: return "kernel";
    case CpuMode::user: return "user";
    case CpuMode::hypervisor: return "hypervisor";
    case CpuMode::guest_kernel: return "guest-kernel";
    case CpuMode::guest_user: return "guest-user";
  }
  return "unknown";
}

bool RegisterBlock::says_the_same(const RegisterBlock& other) const {
  const bool same_form = abi == other.abi && mask == other.mask && nr_vectors == other.nr_vectors &&
                         vector_qwords == other.vector_qwords && nr_pred == other.nr_pred &&
                         pred_qwords == other.pred_qwords;
  return same_form && words.same_bytes(other.words) && simd.same_bytes(other.simd);
}

namespace {

/// The `width` bits of a bit field that starts `first` bits from the highest, moved to `first` from the lowest.
constexpr std::uint64_t from_high_end(std::uint64_t word, unsigned first, unsigned width) {
  const std::uint64_t field = (word >> (64 - first - width)) & ((std::uint64_t{1} << width) - 1);
  return field << first;
}

struct BitField {
  unsigned first, width;
};
constexpr std::array kBranchFields = {BitField{0, 1},  BitField{1, 1},  BitField{2, 1},
                                      BitField{3, 1},  BitField{4, 16}, BitField{20, 4},
                                      BitField{24, 2}, BitField{26, 4}, BitField{30, 3}};

}  // namespace

std::uint64_t BranchStack::flags(std::size_t entry) const {
  const std::uint64_t recorded = entries[3 * entry + 2];
  if (entries.order() == std::endian::little) return recorded;
  std::uint64_t flags = 0;
  for (const BitField field : kBranchFields) flags |= from_high_end(recorded, field.first, field.width);
  return flags;
}

Sample::WeightParts Sample::weight_parts() const {
  if (!has(abi::PERF_SAMPLE_WEIGHT_STRUCT)) return {weight, 0, 0};
  return {weight & 0xffffffffU, static_cast<std::uint16_t>(weight >> 32U), static_cast<std::uint16_t>(weight >> 48U)};
}

}  // namespace simdprof
