#include "decoders/lanes/register_value.h"

#include <algorithm>

#include "decoders/lanes/arm64_value.h"
#include "lib/base/check.h"

namespace simdprof {
namespace {

constexpr unsigned kLegacyVectors = 16;  // the upper 16 exist with AVX-512 only

Presence seen_as(Presence presence, bool trusted) {
  return trusted || presence == Presence::not_recorded ? presence : Presence::untrusted;
}

bool has_half_xmm(const VectorRegister& vector) {
  return vector.xmm == Presence::not_recorded && (vector.recorded_words & 3U) != 0;
}

RegisterValue read_vector(const SetView& view, RegisterRef ref) {
  SIMDPROF_ASSERT(ref.number < view.set->vector.size());
  const VectorRegister& vector = view.set->vector[ref.number];
  RegisterValue value;
  std::copy(vector.words.begin(), vector.words.end(), value.words.begin());
  value.origin = view.set->vector_origin;
  if (has_half_xmm(vector)) {
    // Legacy register masks can ask for one word of an XMM register.
    for (unsigned word = 0; word < 2; ++word) {
      const bool recorded = ((vector.recorded_words >> word) & 1U) != 0;
      value.add_part(recorded ? seen_as(Presence::valid, view.vectors_trusted) : Presence::not_recorded, 64);
    }
  } else {
    value.add_part(seen_as(vector.xmm, view.vectors_trusted), 128);
  }
  if (ref.kind != RegisterClass::xmm) value.add_part(seen_as(vector.ymm_high, view.vectors_trusted), 128);
  if (ref.kind == RegisterClass::zmm) value.add_part(seen_as(vector.zmm_high, view.vectors_trusted), 256);
  return value;
}

RegisterValue read_word(std::uint64_t word, Presence presence, Origin origin, unsigned bits) {
  RegisterValue value;
  value.words[0] = word;
  value.origin = origin;
  value.add_part(presence, bits);
  return value;
}

bool has_any(const VectorRegister& vector) {
  return vector.xmm != Presence::not_recorded || has_half_xmm(vector) || vector.ymm_high != Presence::not_recorded ||
         vector.zmm_high != Presence::not_recorded;
}

bool has_upper_vectors(const RegisterSet& set) {
  return std::any_of(set.vector.begin() + kLegacyVectors, set.vector.end(), has_any);
}

void add_gprs(const RegisterSet& set, bool asked, std::vector<RegisterRef>& out) {
  std::uint64_t listed = set.gpr_present;
  if (asked) listed |= abi::gpr_mask(set.arch);
  for (unsigned number = 0; number < set.gpr.size(); ++number) {
    if (((listed >> number) & 1U) != 0) out.push_back({RegisterClass::gpr, number});
  }
}

bool can_have_vectors(const RegisterSet& set) {
  switch (set.arch) {
    case abi::Arch::x86_64:
    case abi::Arch::x86_32:
    case abi::Arch::unknown: return true;
    case abi::Arch::arm64: return set.has_vectors() && set.vector_origin != Origin::regset;
    case abi::Arch::arm32:
    case abi::Arch::riscv64:
    case abi::Arch::ppc64:
    case abi::Arch::s390: return set.has_vectors();
  }
  return false;
}

void add_vectors(const RegisterSet& set, RegisterClass kind, std::vector<RegisterRef>& out) {
  if (!can_have_vectors(set)) return;
  const unsigned count = std::min(vector_count(set), has_upper_vectors(set) ? 32 : kLegacyVectors);
  for (unsigned number = 0; number < count; ++number) out.push_back({kind, number});
}

void add_opmasks(std::vector<RegisterRef>& out) {
  for (unsigned number = 0; number < 8; ++number) out.push_back({RegisterClass::opmask, number});
}

void add_recorded(const RegisterSet& set, std::vector<RegisterRef>& out) {
  add_gprs(set, false, out);
  if (const auto widest = widest_recorded(set)) add_vectors(set, *widest, out);
  if (set.opmask_presence != Presence::not_recorded) add_opmasks(out);
  if (set.mxcsr_presence != Presence::not_recorded) out.push_back({RegisterClass::mxcsr, 0});
  choose_arm64_registers(set, {}, out);
}

}  // namespace

void RegisterValue::add_part(Presence presence, unsigned added) {
  if (part_count > 0 && parts[part_count - 1].presence == presence) {
    parts[part_count - 1].bits += added;
  } else {
    parts[part_count++] = RegisterPart{presence, bits, added};
  }
  bits += added;
}

const RegisterPart& RegisterValue::part_of(unsigned bit) const {
  SIMDPROF_ASSERT(bit < bits);
  unsigned index = 0;
  while (bit >= parts[index].first_bit + parts[index].bits) ++index;
  return parts[index];
}

RegisterValue read_register(const SetView& view, RegisterRef ref) {
  const RegisterSet& set = *view.set;
  switch (ref.kind) {
    case RegisterClass::gpr: {
      const auto word = set.general(ref.number);
      return read_word(word.value_or(0), word ? seen_as(Presence::valid, view.gprs_trusted) : Presence::not_recorded,
                       set.gpr_origin, 64);
    }
    case RegisterClass::xmm:
    case RegisterClass::ymm:
    case RegisterClass::zmm: return read_vector(view, ref);
    case RegisterClass::opmask:
      SIMDPROF_ASSERT(ref.number < set.opmask.size());
      return read_word(set.opmask[ref.number], seen_as(set.opmask_presence, view.vectors_trusted), set.vector_origin,
                       64);
    case RegisterClass::mxcsr:
      return read_word(set.mxcsr, seen_as(set.mxcsr_presence, view.vectors_trusted), set.vector_origin, 32);
    case RegisterClass::neon:
    case RegisterClass::sve:
    case RegisterClass::predicate:
    case RegisterClass::ffr:
    case RegisterClass::fpsr:
    case RegisterClass::fpcr: return read_arm64_register(view, ref);
  }
  return {};
}

std::optional<RegisterClass> widest_recorded(const RegisterSet& set) {
  std::optional<RegisterClass> widest;
  if (!set.has_vectors()) return widest;
  for (const VectorRegister& vector : set.vector) {
    if (vector.zmm_high != Presence::not_recorded) return RegisterClass::zmm;
    if (vector.ymm_high != Presence::not_recorded) {
      widest = RegisterClass::ymm;
    } else if (has_any(vector) && !widest) {
      widest = RegisterClass::xmm;
    }
  }
  return widest;
}

bool RegisterChoice::any_class() const {
  return std::any_of(classes.begin(), classes.end(), [](bool asked) { return asked; });
}

void choose_registers(const RegisterSet& set, const RegisterChoice& choice, std::vector<RegisterRef>& out) {
  out.clear();
  if (!choice.registers.empty()) {
    out.assign(choice.registers.begin(), choice.registers.end());
    return;
  }
  if (!choice.any_class()) return add_recorded(set, out);
  if (choice.asked(RegisterClass::gpr)) add_gprs(set, true, out);
  for (const RegisterClass kind : {RegisterClass::xmm, RegisterClass::ymm, RegisterClass::zmm}) {
    if (choice.asked(kind)) add_vectors(set, kind, out);
  }
  if (can_have_vectors(set)) {
    if (choice.asked(RegisterClass::opmask)) add_opmasks(out);
    if (choice.asked(RegisterClass::mxcsr)) out.push_back({RegisterClass::mxcsr, 0});
  }
  choose_arm64_registers(set, choice, out);
}

}  // namespace simdprof
