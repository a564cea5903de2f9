#include "decoders/record/register_block.h"

#include <bit>

#include "decoders/record/take_words.h"

namespace simdprof {
namespace {

constexpr std::uint64_t kKnownAbi = abi::kRegsAbiBitness | abi::PERF_SAMPLE_REGS_ABI_SIMD;

// The largest register files there are: 32 vectors of 2048 bits and 17 predicates of 256 bits (SVE). A packed word read
// as a u64 count is far above these, which is how the two layouts are told apart.
constexpr std::uint64_t kMaxVectors = 32;
constexpr std::uint64_t kMaxVectorQwords = 32;
constexpr std::uint64_t kMaxPredicates = 17;
constexpr std::uint64_t kMaxPredicateQwords = 4;

struct SimdCounts {
  std::uint64_t vectors, vector_qwords, predicates, predicate_qwords;
};

SimdCounts read_counts(Cursor& in, bool packed) {
  SimdCounts counts{};
  counts.vectors = packed ? in.u16() : in.u64();
  counts.vector_qwords = packed ? in.u16() : in.u64();
  counts.predicates = packed ? in.u16() : in.u64();
  counts.predicate_qwords = packed ? in.u16() : in.u64();
  return counts;
}

void read_simd(SampleReader& reader, RegisterBlock& block) {
  reader.simd_seen = true;
  const SimdCounts counts = read_counts(reader.in, reader.packed_counts);
  if (reader.in.failed()) return;
  if (counts.vectors > kMaxVectors || counts.vector_qwords > kMaxVectorQwords || counts.predicates > kMaxPredicates ||
      counts.predicate_qwords > kMaxPredicateQwords) {
    reader.refused = "the SIMD counts are larger than any register file";
    return;
  }
  // Widths without registers are written by the kernel, registers without a width are not.
  if ((counts.vectors != 0 && counts.vector_qwords == 0) || (counts.predicates != 0 && counts.predicate_qwords == 0)) {
    reader.refused = "the SIMD counts name registers without a width";
    return;
  }
  block.packed_counts = reader.packed_counts;
  block.nr_vectors = static_cast<std::uint16_t>(counts.vectors);
  block.vector_qwords = static_cast<std::uint16_t>(counts.vector_qwords);
  block.nr_pred = static_cast<std::uint16_t>(counts.predicates);
  block.pred_qwords = static_cast<std::uint16_t>(counts.predicate_qwords);
  block.simd =
      take_words(reader.in, counts.vectors * counts.vector_qwords + counts.predicates * counts.predicate_qwords);
}

void read_section(SampleReader& reader, std::uint64_t mask, RegisterBlock& block) {
  block.abi = reader.in.u64();
  if (block.abi == abi::PERF_SAMPLE_REGS_ABI_NONE) return;
  if ((block.abi & ~kKnownAbi) != 0) {
    reader.refused = "the register ABI is not known";
    reader.refused_code = Errc::unsupported;
    return;
  }
  if ((block.abi & abi::kRegsAbiBitness) == 0 || (block.abi & abi::kRegsAbiBitness) == abi::kRegsAbiBitness) {
    reader.refused = "the register ABI is not one of 32 and 64 bits";
    return;
  }
  block.mask = mask;
  block.words = take_words(reader.in, static_cast<std::uint64_t>(std::popcount(mask)));
  if (block.simd_abi() && !reader.in.failed()) read_simd(reader, block);
}

}  // namespace

void read_register_block(SampleReader& reader, std::uint64_t mask, RegisterBlock& block) {
  const auto section = reader.in.rest();
  block = RegisterBlock{};
  read_section(reader, mask, block);
  if (!reader.in.failed()) block.bytes = section.first(section.size() - reader.in.remaining());
}

}  // namespace simdprof
