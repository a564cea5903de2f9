#include "lib/capture/event_open.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace simdprof {
namespace {

abi::EventAttr task_clock() {
  abi::EventAttr attr;
  attr.type = 1;
  attr.config = 1;
  attr.size = 128;
  attr.flags = 1U | (1U << 5) | (1U << 6);  // disabled, user mode alone
  return attr;
}

TEST(EventOpen, GivesADescriptorWithAnId) {
  const OpenedEvent opened = open_event(task_clock(), 0, -1);
  if (opened.error_number == EACCES || opened.error_number == EPERM) GTEST_SKIP() << "perf events are not allowed here";
  ASSERT_EQ(opened.error_number, 0);
  const auto id = load_event_id(opened.fd.get());
  ASSERT_TRUE(id);
  EXPECT_NE(*id, 0U);
}

TEST(EventOpen, AFieldThatNoKernelKnowsIsTooBig) {
  abi::EventAttr attr = task_clock();
  attr.size = 176;
  attr.sample_simd_vec_reg_user = 1;
  const OpenedEvent opened = open_event(attr, 0, -1);
  EXPECT_NE(opened.error_number, 0);
  if (opened.error_number == E2BIG) {
    EXPECT_GE(opened.kernel_attr_size, 64U);
  }
}

TEST(EventOpen, TheIdOfSomethingElseIsAnError) { EXPECT_FALSE(load_event_id(-1)); }

}  // namespace
}  // namespace simdprof
