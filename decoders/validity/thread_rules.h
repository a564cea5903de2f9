#pragma once

#include "decoders/validity/checked_sample.h"

/// Rules about a thread as a whole: R8, R9 (the part that is a rate), R15.
namespace simdprof {

void judge_r8(const CheckedSample& checked, RuleHistory& history, FindingSink& out);

/// Counts the sample for what is said when its thread is closed.
void count_for_thread(const CheckedSample& checked, ThreadHistory& thread);
/// A thread will have no more samples: R9's rate; what R15 says is kept for tell_zero_threads.
void close_thread(const ThreadHistory& thread, RuleHistory& history, FindingSink& out);
/// R15, when all samples were seen.
void tell_zero_threads(RuleHistory& history, FindingSink& out);

}  // namespace simdprof
