#include "decoders/aux/spe_record.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

using Kind = SpePacket::Kind;

TEST(SpeRecord, TheTopByteOfAnAddressIsThatOfItsHalf) {
  EXPECT_EQ(spe_code_address(0xa0ffffffc0001000), 0xffffffffc0001000U);  // EL1, non-secure
  EXPECT_EQ(spe_code_address(0x80007fffc0001000), 0x00007fffc0001000U);  // EL0
  EXPECT_EQ(spe_code_address(0x60ffffffc0001000), 0x00ffffffc0001000U);  // EL3
  EXPECT_EQ(spe_data_address(0x5a007fffc0001000), 0x00007fffc0001000U);  // a tag
  EXPECT_EQ(spe_data_address(0x00ffff80c0001000), 0xffffff80c0001000U);
}

TEST(SpeRecord, OnlyAnEndOrATimeEndsIt) {
  SpeRecord record;
  EXPECT_FALSE(record.add({Kind::padding, 0, 1, 0}, {}));
  EXPECT_FALSE(record.begun());
  EXPECT_FALSE(record.add({Kind::events, 0, 3, 2}, {}));
  EXPECT_TRUE(record.begun());
  EXPECT_TRUE(record.add({Kind::end, 0, 1, 0}, {}));
  EXPECT_TRUE(SpeRecord{}.add({Kind::timestamp, 0, 9, 5}, {}));
}

TEST(SpeRecord, WhatItWasNotToldIsNotPresent) {
  SpeRecord record;
  (void)record.add({Kind::counter, kSpeIssue, 3, 9}, {});
  EXPECT_EQ(record.memory().present, AuxMemory::kIssueLatency);
  EXPECT_EQ(record.memory().issue_latency, 9U);
  EXPECT_EQ(record.memory().place.time_ns, AuxPlace::kNoAuxTime);
}

TEST(SpeRecord, AddressesAndCountersOfLaterVersionsChangeNothing) {
  SpeRecord record;
  (void)record.add({Kind::address, 9, 9, 9}, {});
  (void)record.add({Kind::address, kSpePreviousTarget, 9, 9}, {});
  (void)record.add({Kind::counter, 31, 3, 9}, {});
  EXPECT_EQ(record.memory().present, 0U);
}

TEST(SpeRecord, ABranchWithoutATargetIsNoTakenBranch) {
  SpeRecord record;
  (void)record.add({Kind::operation, kSpeBranch, 2, 0}, {});
  (void)record.add({Kind::address, kSpeInstruction, 9, 0x1000}, {});
  EXPECT_FALSE(record.is_taken_branch());
  (void)record.add({Kind::address, kSpeTarget, 9, 0x2000}, {});
  EXPECT_TRUE(record.is_taken_branch());
  EXPECT_EQ(record.branch().to, 0x2000U);
}

}  // namespace
}  // namespace simdprof
