#include "decoders/lanes/arm64_value.h"

#include <algorithm>

#include "lib/abi/arm64_regsets.h"
#include "lib/base/check.h"

namespace simdprof {
namespace {

constexpr unsigned kNeonBits = 128;
constexpr unsigned kControlBits = 32;
constexpr unsigned kBitsOfByte = 8;

/// Bits of a Z register; where SVE was not recorded the architecture's least.
unsigned sve_bits(const Arm64Vectors& vectors) {
  return std::max(vectors.vector_bytes, abi::kSveLeastVectorBytes) * kBitsOfByte;
}

void read_words(const Arm64Vectors& vectors, unsigned number, unsigned bits, RegisterValue& value) {
  SIMDPROF_ASSERT(number < abi::kArm64Vectors);
  const std::size_t first = std::size_t{number} * vectors.stride();
  for (std::size_t word = 0; word < bits / 64 && first + word < vectors.words.size(); ++word) {
    value.words[word] = vectors.words[first + word];
  }
}

void read_predicate(const Arm64Vectors& vectors, const Arm64Vectors::Predicate& words, Presence presence,
                    RegisterValue& value) {
  std::copy(words.begin(), words.end(), value.words.begin());
  value.add_part(presence, sve_bits(vectors) / kBitsOfByte);
}

void read_control(std::uint32_t word, Presence presence, RegisterValue& value) {
  value.words[0] = word;
  value.add_part(presence, kControlBits);
}

void add(RegisterClass kind, unsigned count, std::vector<RegisterRef>& out) {
  for (unsigned number = 0; number < count; ++number) out.push_back({kind, number});
}

}  // namespace

RegisterValue read_arm64_register(const SetView& view, RegisterRef ref) {
  const Arm64Vectors& vectors = view.set->arm64;
  const auto seen = [&](Presence presence) {
    return view.vectors_trusted || presence == Presence::not_recorded ? presence : Presence::untrusted;
  };
  RegisterValue value;
  value.origin = view.set->vector_origin;
  switch (ref.kind) {
    case RegisterClass::neon:
      read_words(vectors, ref.number, kNeonBits, value);
      value.add_part(seen(vectors.low), kNeonBits);
      break;
    case RegisterClass::sve: {
      const unsigned bits = sve_bits(vectors);
      read_words(vectors, ref.number, bits, value);
      value.add_part(vectors.vector_bytes == 0 ? Presence::not_recorded : seen(vectors.low), kNeonBits);
      if (bits > kNeonBits) value.add_part(seen(vectors.high), bits - kNeonBits);
      break;
    }
    case RegisterClass::predicate:
      SIMDPROF_ASSERT(ref.number < vectors.predicate.size());
      read_predicate(vectors, vectors.predicate[ref.number], seen(vectors.predicates), value);
      break;
    case RegisterClass::ffr: read_predicate(vectors, vectors.ffr, seen(vectors.predicates), value); break;
    case RegisterClass::fpsr: read_control(vectors.fpsr, seen(vectors.control), value); break;
    case RegisterClass::fpcr: read_control(vectors.fpcr, seen(vectors.control), value); break;
    case RegisterClass::gpr:
    case RegisterClass::xmm:
    case RegisterClass::ymm:
    case RegisterClass::zmm:
    case RegisterClass::opmask:
    case RegisterClass::mxcsr: SIMDPROF_ASSERT(false); break;
  }
  return value;
}

void choose_arm64_registers(const RegisterSet& set, const RegisterChoice& choice, std::vector<RegisterRef>& out) {
  if (set.arch != abi::Arch::arm64) return;
  const bool chosen = choice.any_class();
  const bool any = set.arm64.low != Presence::not_recorded;
  const bool sve = set.arm64.vector_bytes != 0;
  const auto wanted = [&](RegisterClass kind, bool recorded) { return chosen ? choice.asked(kind) : recorded; };
  if (wanted(RegisterClass::neon, any && !sve)) add(RegisterClass::neon, abi::kArm64Vectors, out);
  if (wanted(RegisterClass::sve, sve)) add(RegisterClass::sve, abi::kArm64Vectors, out);
  if (wanted(RegisterClass::predicate, sve)) add(RegisterClass::predicate, abi::kArm64Predicates, out);
  if (wanted(RegisterClass::ffr, sve)) add(RegisterClass::ffr, 1, out);
  if (wanted(RegisterClass::fpsr, any)) add(RegisterClass::fpsr, 1, out);
  if (wanted(RegisterClass::fpcr, any)) add(RegisterClass::fpcr, 1, out);
}

}  // namespace simdprof
