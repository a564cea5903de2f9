#include "cmd/symbol_address.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bit>

// A name of C, so that it is known without mangling. Not called: its address is asked for.
extern "C" int simdprof_test_function_with_a_name(int value) { return value + 1; }

namespace simdprof::cmd {
namespace {

TEST(SymbolAddress, AFunctionOfTheProgramIsWhereItRuns) {
  const auto address = find_symbol_address(::getpid(), "simdprof_test_function_with_a_name");
  ASSERT_TRUE(address) << address.error().fact;
  EXPECT_EQ(*address, std::bit_cast<VirtAddr>(&simdprof_test_function_with_a_name));
}

TEST(SymbolAddress, AFunctionOfALibraryIsWhereItWasMapped) {
  constexpr const char* kName = "ZSTD_versionNumber";
  void* const mapped = ::dlsym(RTLD_DEFAULT, kName);
  ASSERT_NE(mapped, nullptr);
  const auto address = find_symbol_address(::getpid(), kName);
  ASSERT_TRUE(address) << address.error().fact;
  EXPECT_EQ(*address, std::bit_cast<VirtAddr>(mapped));
}

TEST(SymbolAddress, AnAddressIsTakenAsItIs) {
  EXPECT_EQ(find_symbol_address(::getpid(), "0x401000"), VirtAddr{0x401000});
  EXPECT_FALSE(find_symbol_address(::getpid(), "0x"));
  EXPECT_FALSE(find_symbol_address(::getpid(), "0x40zz"));
}

TEST(SymbolAddress, AnUnknownFunctionIsNotFound) {
  const auto address = find_symbol_address(::getpid(), "no_function_has_this_name");
  ASSERT_FALSE(address);
  EXPECT_EQ(address.error().code, Errc::not_found);
  EXPECT_NE(address.error().fact.find("'no_function_has_this_name'"), std::string::npos) << address.error().fact;
}

TEST(SymbolAddress, AProcessThatIsGoneIsAnError) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  EXPECT_FALSE(find_symbol_address(child, "main"));
}

}  // namespace
}  // namespace simdprof::cmd
