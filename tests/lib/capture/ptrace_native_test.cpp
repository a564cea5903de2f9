#include "lib/capture/ptrace_native.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/capture/ptrace_requests.h"
#include "tests/lib/capture/ptrace_tracee.h"

namespace simdprof {
namespace {

TEST(NativeImageReader, ReadsAStoppedChildOfThisArchitecture) {
  ASSERT_TRUE(check_native_reader());
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    for (;;) ::pause();
  }
  ASSERT_EQ(ptrace::seize(child, false), 0);
  ASSERT_TRUE(ptrace::interrupt(child));
  ASSERT_TRUE(test::wait_for(child));
  auto reader = make_native_reader(VectorPlan{});
  RegisterImage image;
  EXPECT_TRUE(reader.load(child, image));
  EXPECT_NE(image.ip, 0U);
#if defined(__aarch64__)
  EXPECT_NE(image.format, RegisterImage::kXsave);
#else
  EXPECT_EQ(image.format, RegisterImage::kXsave);
#endif
  EXPECT_FALSE(image.data.empty());
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, __WALL);
}

}  // namespace
}  // namespace simdprof
