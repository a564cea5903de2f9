#include "decoders/lanes/register_diff.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "decoders/lanes/register_text.h"
#include "lib/base/check.h"

namespace simdprof {
namespace {

bool stands_before(RegisterRef a, RegisterRef b) { return std::tuple(a.kind, a.number) < std::tuple(b.kind, b.number); }

/// Without a choice, vectors are seen at the widest that either set has, so that one name is one register.
RegisterChoice same_names(const SetView& user, const SetView& intr, const RegisterChoice& choice) {
  RegisterChoice result = choice;
  if (!choice.registers.empty() || choice.any_class()) return result;
  const auto add = [&](RegisterClass kind) { result.classes[static_cast<std::size_t>(kind)] = true; };
  add(RegisterClass::gpr);
  const auto widest = std::max(widest_recorded(*user.set), widest_recorded(*intr.set));
  if (widest) add(*widest);
  add(RegisterClass::opmask);
  add(RegisterClass::mxcsr);
  if (user.set->arm64.low == Presence::not_recorded && intr.set->arm64.low == Presence::not_recorded) return result;
  const bool sve = user.set->arm64.vector_bytes != 0 || intr.set->arm64.vector_bytes != 0;
  add(sve ? RegisterClass::sve : RegisterClass::neon);
  if (sve) add(RegisterClass::predicate);
  if (sve) add(RegisterClass::ffr);
  add(RegisterClass::fpsr);
  add(RegisterClass::fpcr);
  return result;
}

std::vector<RegisterRef> registers_of_both(const SetView& user, const SetView& intr, const RegisterChoice& choice) {
  if (!choice.registers.empty()) return choice.registers;
  const RegisterChoice same = same_names(user, intr, choice);
  std::vector<RegisterRef> ours, theirs, both;
  choose_registers(*user.set, same, ours);
  choose_registers(*intr.set, same, theirs);
  if (ours == theirs) return ours;
  std::set_union(ours.begin(), ours.end(), theirs.begin(), theirs.end(), std::back_inserter(both), stands_before);
  return both;
}

std::uint64_t bits_at(const RegisterValue& value, Presence presence, unsigned first_bit, unsigned bits) {
  if (presence == Presence::init) return 0;
  const std::uint64_t word = value.words[first_bit / 64] >> (first_bit % 64);
  return bits >= 64 ? word : word & ((std::uint64_t{1} << bits) - 1);
}

/// One register in both sets, at one width.
struct Pair {
  RegisterRef ref;
  RegisterValue user, intr;
};

/// The length of an SVE register is known to the set that has it.
void widen(RegisterValue& value, unsigned bits) {
  if (value.bits < bits) value.add_part(Presence::not_recorded, bits - value.bits);
}

Pair read_pair(const SetView& user, const SetView& intr, RegisterRef ref) {
  Pair pair{ref, read_register(user, ref), read_register(intr, ref)};
  widen(pair.user, pair.intr.bits);
  widen(pair.intr, pair.user.bits);
  return pair;
}

/// Adds the differences of a run in which the presence does not change.
void compare_run(const Pair& pair, RegisterDifference run, unsigned step, std::vector<RegisterDifference>& out) {
  const bool whole = step == 0 || run.bits % step != 0;
  const unsigned compared = whole ? std::min(run.bits, 64U) : step;
  const unsigned end = run.first_bit + run.bits;
  for (unsigned bit = run.first_bit; bit < end; bit += compared) {
    if (bits_at(pair.user, run.user, bit, compared) == bits_at(pair.intr, run.intr, bit, compared)) continue;
    if (whole) return out.push_back(run);
    RegisterDifference lane = run;
    lane.first_bit = bit;
    lane.bits = step;
    lane.lane = bit / step;
    out.push_back(lane);
  }
}

void compare_register(const Pair& pair, LaneType type, SetDifference& out) {
  const unsigned step = is_vector_class(pair.ref.kind) ? lane_bits(type) : 0;
  bool untrusted = false;
  const unsigned bits = pair.user.bits;  // of both
  for (unsigned bit = 0; bit < bits;) {
    const RegisterPart& ours = pair.user.part_of(bit);
    const RegisterPart& theirs = pair.intr.part_of(bit);
    const unsigned end = std::min(ours.first_bit + ours.bits, theirs.first_bit + theirs.bits);
    const RegisterDifference run{pair.ref, bit, end - bit, std::nullopt, ours.presence, theirs.presence};
    bit = end;
    const bool in_user = ours.presence != Presence::not_recorded, in_intr = theirs.presence != Presence::not_recorded;
    if (ours.presence == Presence::untrusted || theirs.presence == Presence::untrusted) {
      untrusted = true;
    } else if (in_user && in_intr) {
      compare_run(pair, run, step, out.runs);
    } else if (in_user || in_intr) {
      out.runs.push_back(run);
    }
  }
  if (untrusted) ++out.not_compared;
}

}  // namespace

void compare_sets(const SetView& user, const SetView& intr, const RegisterChoice& choice, LaneType type,
                  SetDifference& out) {
  out.runs.clear();
  out.not_compared = 0;
  for (const RegisterRef ref : registers_of_both(user, intr, choice)) {
    compare_register(read_pair(user, intr, ref), type, out);
  }
}

void append_run_value(TextBuffer& out, const RegisterValue& value, const RegisterDifference& run, Presence presence,
                      LaneType type) {
  if (presence != Presence::valid) return append_text(out, presence_word(presence));
  if (run.lane) return append_lane(out, type, bits_at(value, presence, run.first_bit, run.bits));
  append_part_hex(out, value, RegisterPart{presence, run.first_bit, run.bits});
}

void append_run_json(TextBuffer& out, const RegisterValue& value, const RegisterDifference& run, LaneType type) {
  SIMDPROF_ASSERT(run.lane.has_value());
  append_lane_json(out, type, bits_at(value, Presence::valid, run.first_bit, run.bits));
}

}  // namespace simdprof
