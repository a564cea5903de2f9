#include "lib/capture/open_error.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace simdprof {
namespace {

abi::EventAttr vectors() {
  abi::EventAttr attr;
  attr.sample_regs_user = std::uint64_t{1} << 32U;
  return attr;
}

TEST(OpenError, NamesErrnos) {
  EXPECT_EQ(errno_name(EACCES), "EACCES");
  EXPECT_EQ(errno_name(EOPNOTSUPP), "EOPNOTSUPP");
  EXPECT_EQ(errno_name(E2BIG), "E2BIG");
  EXPECT_EQ(errno_name(4000), "errno 4000");
}

TEST(OpenError, TheMeaningDependsOnWhatWasAsked) {
  abi::EventAttr plain;
  plain.type = 1;
  EXPECT_EQ(explain_open_errno(EOPNOTSUPP, vectors()), "this PMU takes no extended registers");
  EXPECT_EQ(explain_open_errno(EOPNOTSUPP, plain), "this PMU cannot sample that");
  EXPECT_EQ(explain_open_errno(EINVAL, vectors()), "this PMU refuses these registers");
  EXPECT_EQ(explain_open_errno(EINVAL, plain), "the kernel refuses this combination");
  EXPECT_EQ(explain_open_errno(ENOENT, plain), "this kernel has no such event");
  plain.type = 0;
  EXPECT_EQ(explain_open_errno(ENOENT, plain), "no hardware counter here (no PMU, or a virtual machine without one)");
}

TEST(OpenError, WhatHangsOnTheLeaderOfAGroupIsSaid) {
  abi::EventAttr attr;
  attr.type = 1;
  attr.aux_sample_size = 4096;
  EXPECT_EQ(explain_open_errno(EINVAL, attr), "the AUX event that leads its group gives no bytes to samples");
  attr.aux_sample_size = 0;
  attr.flags = abi::kAttrAuxOutput;
  EXPECT_EQ(explain_open_errno(EINVAL, attr), "the AUX event that leads its group takes no output of it");
  attr.flags = 0;
  attr.aux_action = 2;  // pause
  EXPECT_NE(explain_open_errno(EINVAL, attr).find("Linux 6.13"), std::string::npos);
}

TEST(OpenError, ADeniedTracepointNeedsRights) {
  abi::EventAttr attr;
  attr.type = 2;
  EXPECT_EQ(explain_open_errno(EACCES, attr), "tracepoints need root or CAP_PERFMON");
}

TEST(OpenError, ADenialNamesTheSysctl) {
  abi::EventAttr attr;
  attr.type = 1;
  EXPECT_NE(explain_open_errno(EACCES, attr).find("kernel.perf_event_paranoid"), std::string::npos);
}

TEST(OpenError, AnErrorHasAttemptMeaningAndErrno) {
  OpenedEvent opened;
  opened.error_number = ENODEV;
  const Error error = open_error(opened, abi::EventAttr{}, "cannot sample cycles");
  EXPECT_EQ(error.fact, "cannot sample cycles: no such CPU, or a CPU without this PMU (ENODEV)");
  opened.error_number = EACCES;
  EXPECT_EQ(open_error(opened, abi::EventAttr{}, "x").code, Errc::permission);
}

}  // namespace
}  // namespace simdprof
