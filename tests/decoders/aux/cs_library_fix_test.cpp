#include "decoders/aux/cs_library_fix.h"

#include <opencsd/ocsd_if_version.h>

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <vector>

#if OCSD_VER_NUM <= 0x10303
namespace simdprof {
namespace {

constexpr const char* kName = "_ZN12EtmV4P0Stack21erase_curr_from_frontEv";

/// EtmV4P0Stack of the library, with the standard library's types.
struct P0Stack {
  std::deque<void*> elements;
  std::vector<void*> popped;
  std::deque<void*>::iterator next;
};
extern "C" void erase_p0_element(P0Stack* stack) asm("_ZN12EtmV4P0Stack21erase_curr_from_frontEv");

// The library calls by name whatever the dynamic linker finds first.
TEST(CsLibraryFix, GoesBeforeTheLibrarysFunction) {
  link_library_fix();
  Dl_info found{}, own{};
  ASSERT_NE(::dladdr(::dlsym(RTLD_DEFAULT, kName), &found), 0);
  static const int here = 0;
  ASSERT_NE(::dladdr(&here, &own), 0);
  EXPECT_EQ(found.dli_fbase, own.dli_fbase) << found.dli_fname;
}

TEST(CsLibraryFix, GoesOnBehindEachElementThatIsTakenAway) {
  std::array<int, 5> elements{};
  for (std::size_t taken = 0; taken < elements.size(); ++taken) {
    P0Stack stack;
    for (int& element : elements) stack.elements.push_back(&element);
    stack.next = stack.elements.begin() + static_cast<std::ptrdiff_t>(taken) + 1;  // it was given
    erase_p0_element(&stack);
    EXPECT_EQ(stack.elements.size(), 4U);
    EXPECT_EQ(stack.popped, std::vector<void*>{&elements[taken]}) << "the library deletes it later";
    if (taken + 1 == elements.size()) {
      EXPECT_EQ(stack.next, stack.elements.end());
    } else {
      EXPECT_EQ(*stack.next, &elements[taken + 1]);
    }
  }
}

}  // namespace
}  // namespace simdprof
#endif
