#include "cmd/aux_call_depth.h"

#include <algorithm>

#include "lib/model/aux_trace.h"

namespace simdprof::cmd {
namespace {

constexpr VirtAddr kLongestInstruction = 15;

// `call $+5`, which position-independent code takes its own address with: nothing returns from it.
bool is_call_of_next(VirtAddr from, VirtAddr to) {
  constexpr VirtAddr kCallBytes = 5;
  return to == from + kCallBytes;
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

std::uint32_t CallDepth::add(Tid tid, VirtAddr from, VirtAddr to, std::uint32_t flags) {
  Calls& calls = threads_[tid];
  const bool returns = (flags & kAuxReturn) != 0;
  if ((flags & kAuxCall) != 0) {
    const bool counts = to != 0 && !is_call_of_next(from, to) && calls.size() < kDeepest;
    if (counts) calls.push_back({from, (flags & kAuxInterrupt) != 0 && (flags & kAuxAsync) != 0, false});
    if (counts && (flags & kAuxTraceEnd) != 0) calls.back().ends_trace = true;
  } else if ((flags & kAuxTraceBegin) != 0) {
    leave(calls, to);
    leave_unseen(calls);
  } else if (returns && from != 0 && to != 0) {
    leave(calls, to);
  }
  return static_cast<std::uint32_t>(calls.size()) + (returns ? 1 : 0);
}

}  // namespace simdprof::cmd
