#include "cmd/aux_call_depth.h"

#include <algorithm>
#include <iterator>

#include "lib/model/aux_trace.h"

namespace simdprof::cmd {
namespace {

constexpr VirtAddr kLongestInstruction = 15;

// `call $+5`, which position-independent code takes its own address with: nothing returns from it.
bool is_call_of_next(VirtAddr from, VirtAddr to) {
  constexpr VirtAddr kCallBytes = 5;
  return to == from + kCallBytes;
}

std::uint64_t key_of(Tid tid, std::int32_t cpu) {
  const std::uint64_t thread = static_cast<std::uint32_t>(tid);
  return tid > 0 ? thread : thread | std::uint64_t{static_cast<std::uint32_t>(cpu + 1)} << 32U;
}

}  // namespace

// Where a call returns to is behind its instruction, whose length the trace does not always tell. Two calls so close
// together that they could be taken for each other are not open at the same time, but in a recursion.
void CallDepth::leave(Calls& calls, VirtAddr to) {
  const auto found = std::find_if(calls.rbegin(), calls.rend(), [to](const Call& call) {
    return call.interrupt ? to == call.from : to > call.from && to - call.from <= kLongestInstruction;
  });
  if (found != calls.rend()) calls.erase(std::prev(found.base()), calls.end());
}

// A call with which the trace ended, as a system call does, has returned when it begins again.
void CallDepth::leave_unseen(Calls& calls) {
  while (!calls.empty() && calls.back().ends_trace) calls.pop_back();
}

void CallDepth::lose(const AuxPlace& place) {
  const auto found = threads_.find(key_of(place.tid, place.cpu));
  if (found != threads_.end()) {
    kept_ -= found->second.capacity() + 1;
    threads_.erase(found);
  } else if (place.tid < 0 && place.cpu < 0) {
    threads_.clear();
    kept_ = 0;
  }
}

std::uint32_t CallDepth::add(const AuxHit& branch) {
  if (kept_ >= kMostKept) {
    threads_.clear();
    kept_ = 0;
  }
  const auto [thread, is_new] = threads_.try_emplace(key_of(branch.place.tid, branch.place.cpu));
  kept_ += is_new ? 1 : 0;
  Calls& calls = thread->second;
  const VirtAddr from = branch.ip;
  const VirtAddr to = branch.addr;
  const auto is = [&branch](std::uint32_t flag) { return (branch.flags & flag) != 0; };
  const bool returns = is(kAuxReturn);
  if (is(kAuxCall)) {
    if (to != 0 && !is_call_of_next(from, to) && calls.size() < kDeepest) {
      const std::size_t before = calls.capacity();
      calls.push_back({from, is(kAuxInterrupt) && is(kAuxAsync), is(kAuxTraceEnd)});
      kept_ += calls.capacity() - before;
    }
  } else if (is(kAuxTraceBegin)) {
    leave(calls, to);
    leave_unseen(calls);
  } else if (returns && from != 0 && to != 0) {
    leave(calls, to);
  }
  return static_cast<std::uint32_t>(calls.size()) + (returns ? 1 : 0);
}

}  // namespace simdprof::cmd
