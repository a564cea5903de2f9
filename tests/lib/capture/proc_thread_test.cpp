#include "lib/capture/proc_thread.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

namespace simdprof {
namespace {

TEST(ThreadStatus, TakesTheFieldsOfTheFile) {
  const ThreadStatus status = parse_thread_status(
      "Name:\tState:\tX\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t7\nPPid:\t12\nTracerPid:\t4711\nSigQ:\t0/1\n"
      "SigPnd:\t0000000000000010\nShdPnd:\t0000000000000020\nSigBlk:\t0000000000000030\nSigIgn:\tfffffffe00000000\n"
      "SigCgt:\t0000000000000050\nvoluntary_ctxt_switches:\t12\nnonvoluntary_ctxt_switches:\t30\n");
  EXPECT_EQ(status.state, 'S');
  EXPECT_EQ(status.parent, 12);
  EXPECT_EQ(status.tracer, 4711);
  EXPECT_EQ(status.pending, 0x10U);
  EXPECT_EQ(status.pending_process, 0x20U);
  EXPECT_EQ(status.blocked, 0x30U);
  EXPECT_EQ(status.ignored, 0xfffffffe00000000U);
  EXPECT_EQ(status.caught, 0x50U);
  EXPECT_EQ(status.switches, 42U);
}

TEST(ThreadStatus, MissingFieldsKeepTheirDefaults) {
  const ThreadStatus status = parse_thread_status("Name:\tx\nno colon\n:\t\nState:\t\n");
  EXPECT_EQ(status.state, '?');
  EXPECT_EQ(status.switches, 0U);
}

TEST(ThreadStatus, SignalBitsCountFromOne) { EXPECT_EQ(ThreadStatus::bit(SIGTRAP), 0x10U); }

TEST(ThreadStatus, ReadsOurselvesAndNotWhatIsGone) {
  const auto ours = load_thread_status(::getpid());
  ASSERT_TRUE(ours);
  EXPECT_EQ(ours->state, 'R');
  EXPECT_FALSE(load_thread_status(0x7ffffff0));
}

}  // namespace
}  // namespace simdprof
