#include "lib/symbols/resolver.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "tests/lib/symbols/own_process.h"

namespace simdprof {
namespace {

class ResolverTest : public testing::Test {
 protected:
  ResolverTest() { test::observe_self(spaces_); }
  static SymbolOptions here() {
    SymbolOptions options;
    options.kernel_release = test::release();
    return options;
  }
  Location locate(const void* address) {
    return resolver_.locate(spaces_, getpid(), reinterpret_cast<VirtAddr>(address), CpuMode::user);
  }
  AddressSpaces spaces_;
  Resolver resolver_{here()};
};

extern "C" __attribute__((noinline, used)) int simdprof_test_landmark(int value) { return value * 3 + 1; }

TEST_F(ResolverTest, NamesAFunctionOfThisProgram) {
  const auto* address = reinterpret_cast<const char*>(&simdprof_test_landmark);
  const Location location = locate(address + 1);
  EXPECT_EQ(location.reason, Unresolved::resolved);
  EXPECT_EQ(location.symbol, "simdprof_test_landmark");
  EXPECT_EQ(location.symbol_offset, 1U);
  EXPECT_EQ(location.dso, "test_lib_symbols");
}

TEST_F(ResolverTest, NamesAFunctionOfTheCLibrary) {
  // By the library itself: a sanitizer stands in front of some of its functions.
  void* const library = dlopen("libc.so.6", RTLD_LAZY);
  ASSERT_NE(library, nullptr);
  const Location location = locate(dlsym(library, "qsort_r"));
  EXPECT_EQ(location.reason, Unresolved::resolved);
  // With the library's debug file here, its static alias is preferred, as perf does: qsort_r itself is weak.
  EXPECT_TRUE(location.symbol.ends_with("qsort_r")) << location.symbol;
  EXPECT_EQ(location.dso, "libc.so.6");
}

// The code of a function here is the code in its file: nothing of it is relocated.
TEST_F(ResolverTest, ReadsTheCodeOfFilesAndOfTheVdso) {
  const std::byte* const function = reinterpret_cast<const std::byte*>(&simdprof_test_landmark);
  const auto at = reinterpret_cast<VirtAddr>(function);
  const Resolver::Code found = resolver_.code_at(spaces_, getpid(), at, CpuMode::user, 15);
  EXPECT_EQ(found.bytes.size(), 15U);
  EXPECT_TRUE(std::equal(found.bytes.begin(), found.bytes.end(), function));
#ifdef __x86_64__
  EXPECT_EQ(found.arch, abi::Arch::x86_64);
#endif
  const auto* const vdso = reinterpret_cast<const std::byte*>(getauxval(AT_SYSINFO_EHDR));
  if (vdso == nullptr) return;
  const auto in_vdso = reinterpret_cast<VirtAddr>(vdso + 0x40);
  const auto code = resolver_.code_at(spaces_, getpid(), in_vdso, CpuMode::user, 15).bytes;
  EXPECT_EQ(code.size(), 15U);
  EXPECT_TRUE(std::equal(code.begin(), code.end(), vdso + 0x40));
}

TEST_F(ResolverTest, HasNoCodeOfWhatIsNoFile) {
  const auto at = reinterpret_cast<VirtAddr>(&simdprof_test_landmark);
  EXPECT_EQ(resolver_.code_at(spaces_, getpid(), at, CpuMode::kernel, 15).bytes.size(), 0U);
  EXPECT_EQ(resolver_.code_at(spaces_, getpid(), at, CpuMode::guest_user, 15).bytes.size(), 0U);
  EXPECT_EQ(resolver_.code_at(spaces_, getpid(), 0x10, CpuMode::user, 15).bytes.size(), 0U) << "not mapped";
}

TEST_F(ResolverTest, EqualTextHasEqualPointers) {
  const auto* address = reinterpret_cast<const char*>(&simdprof_test_landmark);
  const Location first = locate(address);
  const Location second = locate(address + 2);
  EXPECT_EQ(first.symbol.data(), second.symbol.data());
  EXPECT_EQ(first.dso.data(), second.dso.data());
}

TEST_F(ResolverTest, AnAddressWithoutMappingIsUnknownAndSaysWhy) {
  const Location location = resolver_.locate(spaces_, getpid(), 0x10, CpuMode::user);
  EXPECT_EQ(location.reason, Unresolved::no_map);
  EXPECT_EQ(location.dso, "[unknown]");
  EXPECT_TRUE(location.symbol.empty());
}

TEST_F(ResolverTest, GuestAddressesAreNeverLookedUp) {
  const auto address = reinterpret_cast<VirtAddr>(&simdprof_test_landmark);
  for (const CpuMode mode : {CpuMode::guest_user, CpuMode::guest_kernel}) {
    const Location location = resolver_.locate(spaces_, getpid(), address, mode);
    EXPECT_EQ(location.reason, Unresolved::guest);
    EXPECT_EQ(location.dso, mode == CpuMode::guest_kernel ? "[guest.kernel]" : "[guest.user]");
    EXPECT_TRUE(location.symbol.empty());
  }
}

}  // namespace
}  // namespace simdprof
