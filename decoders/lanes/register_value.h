#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "decoders/lanes/register_name.h"
#include "lib/model/register_set.h"

namespace simdprof {

/// A register set and what is known about it from outside.
struct SetView {
  const RegisterSet* set = nullptr;
  bool vectors_trusted = true;  ///< false: every recorded vector, opmask and MXCSR value reads as untrusted
  bool gprs_trusted = true;     ///< false: every recorded general register reads as untrusted
};

/// A run of bits of a register with one presence.
struct RegisterPart {
  Presence presence = Presence::not_recorded;
  unsigned first_bit = 0;
  unsigned bits = 0;
};

/// One register read out of a set.
struct RegisterValue {
  std::array<std::uint64_t, 32> words{};  ///< qword 0 lowest; only words of valid parts mean something
  std::array<RegisterPart, 4> parts{};    ///< lowest bits first; neighbours differ in presence
  unsigned part_count = 0;
  unsigned bits = 0;
  Origin origin = Origin::none;

  /// The presence of all bits; empty when parts differ.
  [[nodiscard]] std::optional<Presence> presence() const {
    if (part_count != 1) return std::nullopt;
    return parts[0].presence;
  }
  /// Appends `added` bits.
  void add_part(Presence presence, unsigned added);
  /// The part that bit `bit` lies in.
  [[nodiscard]] const RegisterPart& part_of(unsigned bit) const;
};

/// Reads one register. A register that no set can hold (zmm40) is a bug of the caller. Where SVE was not recorded, its
/// registers have the architecture's smallest length.
RegisterValue read_register(const SetView& view, RegisterRef ref);

/// Widest class of x86 vector register that the set has anything of (valid, INIT or untrusted); empty when none.
std::optional<RegisterClass> widest_recorded(const RegisterSet& set);

/// Which registers to show.
struct RegisterChoice {
  std::array<bool, kRegisterClasses> classes{};  ///< by RegisterClass; none set: what was recorded, vectors at widest
  std::vector<RegisterRef> registers;            ///< these only, in this order; classes are then passed over
  [[nodiscard]] bool any_class() const;
  [[nodiscard]] bool asked(RegisterClass kind) const { return classes[static_cast<std::size_t>(kind)]; }
};

/// The registers of `set` that `choice` names, into `out` (overwritten). A class that was asked for is listed although
/// it was not recorded (16 vector registers, 32 when any of the upper 16 is there, 8 for a 32-bit task), but no vector
/// registers of another architecture; without a choice only registers with something in them are listed.
void choose_registers(const RegisterSet& set, const RegisterChoice& choice, std::vector<RegisterRef>& out);

}  // namespace simdprof
