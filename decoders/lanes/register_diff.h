#pragma once

#include <optional>
#include <vector>

#include "decoders/lanes/register_value.h"

namespace simdprof {

/// A run of bits of one register in which two sets differ.
struct RegisterDifference {
  RegisterRef ref;
  unsigned first_bit = 0;
  unsigned bits = 0;
  std::optional<unsigned> lane;  ///< the run is this lane of the type; empty: a whole part of the register
  Presence user = Presence::not_recorded;
  Presence intr = Presence::not_recorded;
};

/// The differences of the two sets of a sample.
struct SetDifference {
  std::vector<RegisterDifference> runs;  ///< by register, lowest bits first
  unsigned not_compared = 0;             ///< registers of which some bits are untrusted in one set
};

/// Compares what both sets have of the registers of `choice`, lane by lane of `type` for vector registers; general
/// registers, opmasks and MXCSR, and vector registers with type hex, are compared whole.
///
/// A run of bits that only one set has is a difference. INIT is the value zero, as the architecture defines it.
/// Untrusted bits are compared with nothing.
void compare_sets(const SetView& user, const SetView& intr, const RegisterChoice& choice, LaneType type,
                  SetDifference& out);

/// What one set has in a run of bits: the lane, `0x...`, or the word for its absence.
void append_run_value(TextBuffer& out, const RegisterValue& value, const RegisterDifference& run, Presence presence,
                      LaneType type);

/// A valid lane as a JSON value. @pre run.lane
void append_run_json(TextBuffer& out, const RegisterValue& value, const RegisterDifference& run, LaneType type);

}  // namespace simdprof
