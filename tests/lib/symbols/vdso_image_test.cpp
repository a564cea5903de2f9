#include "lib/symbols/vdso_image.h"

#include <gtest/gtest.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>

#include "tests/lib/symbols/own_process.h"

namespace simdprof {
namespace {

TEST(LoadVdso, IsTheImageThatThisProcessHasMapped) {
  const unsigned long mapped = getauxval(AT_SYSINFO_EHDR);
  if (mapped == 0) GTEST_SKIP() << "the kernel maps no vdso";
  const auto file = load_vdso();
  ASSERT_TRUE(file) << render_error(file.error());
  std::array<char, 4096> bytes{};
  ASSERT_EQ(::pread(file->get(), bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  EXPECT_EQ(std::memcmp(bytes.data(), "\177ELF", 4), 0);
  EXPECT_EQ(std::memcmp(bytes.data(), reinterpret_cast<const void*>(mapped), bytes.size()), 0);
}

TEST(RunningRelease, IsThatOfUname) { EXPECT_EQ(running_release(), test::release()); }

}  // namespace
}  // namespace simdprof
