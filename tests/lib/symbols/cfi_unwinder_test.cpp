#include "lib/symbols/cfi_unwinder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <vector>

namespace simdprof {
namespace {

constexpr Pid kPid = 7;
constexpr VirtAddr kCode = 0x10000;  ///< an anonymous mapping: code of a JIT, without call frame information
constexpr VirtAddr kStack = 0x7000;
constexpr unsigned kDwarfRbp = 6;
constexpr unsigned kDwarfRsp = 7;

class JitStack : public testing::Test {
 protected:
  JitStack() {
    MmapRecord mmap;
    mmap.pid = mmap.tid = kPid;
    mmap.start = kCode;
    mmap.length = 0x1000;
    mmap.path = "//anon";
    Record record;
    record.body = mmap;
    spaces_.observe(record);
  }
  /// @param words  from the stack pointer up
  std::vector<VirtAddr> unwind(const std::vector<std::uint64_t>& words, VirtAddr frame_pointer) {
    UserRegisters start;
    start.registers.set(kDwarfRsp, kStack);
    start.registers.set(kDwarfRbp, frame_pointer);
    start.ip = kCode + 0x10;
    std::vector<std::byte> stack(words.size() * 8);
    if (!words.empty()) std::memcpy(stack.data(), words.data(), stack.size());
    std::vector<CallFrame> frames;
    CfiUnwinder{state_}.unwind(spaces_, kPid, start, stack, frames);
    std::vector<VirtAddr> addresses;
    for (const CallFrame& frame : frames) addresses.push_back(frame.address);
    return addresses;
  }
  AddressSpaces spaces_;
  Resolver::State state_{SymbolOptions{}};
};

TEST_F(JitStack, CodeWithoutCallFrameInformationIsLeftByFramePointers) {
  const std::vector<std::uint64_t> words = {0, 0, kStack + 48, kCode + 0x100, 0, 0, 0, kCode + 0x200};
  EXPECT_EQ(unwind(words, kStack + 16), (std::vector<VirtAddr>{kCode + 0x10, kCode + 0x100, kCode + 0x200}));
}

TEST_F(JitStack, AReturnAddressOutsideAllMappingsEndsTheChain) {
  const std::vector<std::uint64_t> words = {0, 0, kStack + 48, 0xdead0000, 0, 0, 0, kCode + 0x200};
  EXPECT_EQ(unwind(words, kStack + 16), std::vector<VirtAddr>{kCode + 0x10});
}

TEST_F(JitStack, EveryShorterStackGivesAPrefixOfTheChain) {
  const std::vector<std::uint64_t> words = {0, 0, kStack + 48, kCode + 0x100, 0, 0, 0, kCode + 0x200};
  const auto whole = unwind(words, kStack + 16);
  for (std::size_t size = 0; size < words.size(); ++size) {
    const auto cut = unwind({words.begin(), words.begin() + static_cast<std::ptrdiff_t>(size)}, kStack + 16);
    ASSERT_LE(cut.size(), whole.size()) << size;
    EXPECT_TRUE(std::equal(cut.begin(), cut.end(), whole.begin())) << size;
    EXPECT_EQ(cut.size(), size < 4 ? 1U : 2U) << size;
  }
}

TEST_F(JitStack, AFramePointerThatPointsToItselfEnds) {
  const std::vector<std::uint64_t> words = {0, 0, kStack + 16, kCode + 0x100};
  EXPECT_LE(unwind(words, kStack + 16).size(), CfiUnwinder::kFrameLimit);
}

}  // namespace
}  // namespace simdprof
