#include "decoders/registers/section_registers.h"

#include <algorithm>
#include <bit>

namespace simdprof {
namespace {

constexpr unsigned kXmmRegisters = 16;
constexpr unsigned kWordBits = 64;

/// Presence of the register's words first..last by the words that were recorded.
Presence part_presence(const VectorRegister& vector, unsigned first, unsigned last) {
  for (unsigned word = first; word <= last; ++word) {
    if (((vector.recorded_words >> word) & 1U) == 0) return Presence::not_recorded;
  }
  return Presence::valid;
}

void note_parts(VectorRegister& vector) {
  vector.xmm = part_presence(vector, 0, 1);
  vector.ymm_high = part_presence(vector, 2, 3);
  vector.zmm_high = part_presence(vector, 4, 7);
}

void set_word(VectorRegister& vector, unsigned word, std::uint64_t value) {
  vector.words[word] = value;
  vector.recorded_words = static_cast<std::uint8_t>(vector.recorded_words | (1U << word));
}

void read_legacy_xmm(unsigned bit, std::uint64_t value, RegisterSet& out) {
  const unsigned number = (bit - abi::PERF_REG_X86_XMM0) / 2;
  if (number < vector_count(out)) set_word(out.vector[number], bit % 2, value);
}

bool all_zero(const RegisterBlock& block, std::size_t first_vector) {
  for (std::size_t i = first_vector * block.vector_qwords; i < std::size_t{block.nr_vectors} * block.vector_qwords;
       ++i) {
    if (block.simd[i] != 0) return false;
  }
  return true;
}

/// Vectors that the section really holds. Registers 16..31 are a component of their own (Hi16_ZMM), which a kernel
/// captures for ZMM width only; at smaller widths it writes zeros in their place.
unsigned recorded_vectors(const RegisterBlock& block, const RegisterSet& out) {
  const unsigned count = std::min<unsigned>(block.nr_vectors, vector_count(out));
  const bool x86_below_zmm = abi::is_x86(out.arch) && block.vector_qwords < 8;
  if (count > kXmmRegisters && x86_below_zmm && all_zero(block, kXmmRegisters)) return kXmmRegisters;
  return count;
}

void read_simd_part(const RegisterBlock& block, Origin origin, RegisterSet& out) {
  const unsigned count = recorded_vectors(block, out);
  const unsigned qwords = std::min<unsigned>(block.vector_qwords, 8);
  for (unsigned number = 0; number < count && qwords != 0; ++number) {
    VectorRegister& vector = out.vector[number];
    const std::size_t first = std::size_t{number} * block.vector_qwords;
    for (unsigned word = 0; word < qwords; ++word) set_word(vector, word, block.simd[first + word]);
    note_parts(vector);
    out.vector_origin = origin;
  }
  if (block.nr_pred != out.opmask.size() || block.pred_qwords != 1 || !abi::is_x86(out.arch)) return;
  const std::size_t first = std::size_t{block.nr_vectors} * block.vector_qwords;
  for (std::size_t i = 0; i < out.opmask.size(); ++i) out.opmask[i] = block.simd[first + i];
  out.opmask_presence = Presence::valid;
  out.vector_origin = origin;
}

}  // namespace

void decode_section(const RegisterBlock& block, Origin vector_origin, RegisterSet& out) {
  out.abi = block.abi;
  if (block.abi == abi::PERF_SAMPLE_REGS_ABI_NONE) return;
  const bool simd_abi = block.simd_abi();
  const bool legacy_xmm = abi::is_x86(out.arch) && !simd_abi;
  bool any_xmm = false;
  std::size_t next = 0;
  for (std::uint64_t mask = block.mask; mask != 0 && next < block.words.size(); mask &= mask - 1) {
    const auto bit = static_cast<unsigned>(std::countr_zero(mask));
    const std::uint64_t value = block.words[next++];
    if (legacy_xmm && bit >= abi::PERF_REG_X86_XMM0) {
      read_legacy_xmm(bit, value, out);
      any_xmm = true;
    } else {
      out.gpr[bit] = value;
      out.gpr_present |= std::uint64_t{1} << bit;
    }
  }
  if (out.gpr_present != 0) out.gpr_origin = Origin::gpr;
  if (any_xmm) {
    std::for_each(out.vector.begin(), out.vector.begin() + kXmmRegisters, note_parts);
    out.vector_origin = vector_origin;
  }
  if (simd_abi) read_simd_part(block, vector_origin, out);
}

bool nmi_did_not_read(const RegisterSet& user) {
  if (user.arch != abi::Arch::x86_64) return false;
  if ((user.gpr_present & kNmiUnreadRegisters) != kNmiUnreadRegisters) return false;
  for (unsigned number = 0; number < kWordBits; ++number) {
    if (((kNmiUnreadRegisters >> number) & 1U) != 0 && user.gpr[number] != ~std::uint64_t{0}) return false;
  }
  return true;
}

}  // namespace simdprof
