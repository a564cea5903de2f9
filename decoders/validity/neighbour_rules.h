#pragma once

#include "decoders/validity/checked_sample.h"

/// Rules that compare a kernel-mode hit's user vectors with other samples: R4, R5, R6, R7.
///
/// R5 and R7 need the next user-mode hit of the thread, R6 its next ones. Three ways were weighed. Two passes over the
/// recording double the reading, which is most of the work, and cannot serve a pipe. Holding samples back until they
/// are decided keeps whole records (64 KiB each) and reorders what the caller sees. So the sample goes on at once and
/// only its number, place and reduced block wait with its thread; the finding comes when it is decided. What waits is
/// bounded by ThreadHistory::kMaxPending a thread and ThreadHistories::kMaxThreads threads. A caller that needs the
/// verdict with the sample (dump-regs) makes a first pass for the numbers of distrusted samples alone.
namespace simdprof {

void judge_r4(const CheckedSample& checked, RuleHistory& history, FindingSink& out);
void judge_r5(const CheckedSample& checked, RuleHistory& history, FindingSink& out);
void judge_r6(const CheckedSample& checked, RuleHistory& history, FindingSink& out);
void judge_r7(const CheckedSample& checked, RuleHistory& history, FindingSink& out);

/// Whether R6 waits for a verdict on that sample: its values may be another process's.
bool is_doubted(const ThreadHistory& thread, std::uint64_t sample_number);

/// A sample of a thread decides what waited for it. Called before the sample is judged itself.
void decide_pending(const CheckedSample& checked, ThreadHistory& thread, FindingSink& out);
/// The thread's address space changed: R5's neighbours no longer count; what R6 and R7 wait for cannot come any more.
void close_pending(ThreadHistory& thread, FindingSink& out);
/// A thread forked or was forked: R5's neighbours no longer count.
void part_from_neighbours(ThreadHistory& thread);

}  // namespace simdprof
