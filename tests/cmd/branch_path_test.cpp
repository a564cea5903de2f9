#include "cmd/branch_path.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "tests/support/bytes.h"

namespace simdprof::cmd {
namespace {

using Kind = BranchStep::Kind;
using test::Bytes;
using test::operator+;

// 0x1000: nop; je 1005; nop; nop; 1005: nop; jmp 1000; 1008: add %rcx,%rax; 06, which is no instruction; nop
const Bytes kCode = test::raw({0x90, 0x74, 0x02, 0x90, 0x90, 0x90, 0xeb, 0xf8, 0x48, 0x01, 0xc8, 0x06, 0x90});
constexpr VirtAddr kBase = 0x1000;

struct Seen {
  Kind kind;
  VirtAddr ip;
  std::size_t bytes;
  friend bool operator==(const Seen&, const Seen&) = default;
};

Resolver::Code code_at(VirtAddr address, CpuMode mode, std::size_t most) {
  Resolver::Code code;
  code.arch = abi::Arch::x86_64;
  if (mode != CpuMode::user || address < kBase || address >= kBase + kCode.size()) return code;
  code.bytes = std::span(kCode).subspan(address - kBase);
  code.bytes = code.bytes.first(std::min(most, code.bytes.size()));
  return code;
}

/// @param entries  from, to, flags of each branch, latest first
std::vector<BranchStep> walk(const std::vector<std::uint64_t>& entries, VirtAddr ip, bool any_branch = true) {
  Sample sample;
  sample.ip = ip;
  Bytes bytes;
  for (const std::uint64_t word : entries) bytes = std::move(bytes) + test::words({word});
  sample.branches.entries = WordView(bytes);
  std::vector<BranchStep> steps;
  walk_branch_path(sample, any_branch, code_at, [&steps](const BranchStep& step) { steps.push_back(step); });
  return steps;
}

std::vector<Seen> seen(const std::vector<std::uint64_t>& entries, VirtAddr ip) {
  std::vector<Seen> out;
  for (const BranchStep& step : walk(entries, ip)) out.push_back({step.kind, step.ip, step.code.size()});
  return out;
}

TEST(BranchPath, GoesFromTheOldestBranchThroughTheBlocksToTheSample) {
  // je at 1001 taken to 1005, jmp at 1006 to 1000, sample at 1001.
  const std::vector<std::uint64_t> stack{0x1006, 0x1000, 2, 0x1001, 0x1005, 2};
  EXPECT_EQ(seen(stack, 0x1001), (std::vector<Seen>{{Kind::branch, 0x1001, 2},
                                                    {Kind::instruction, 0x1005, 1},
                                                    {Kind::branch, 0x1006, 2},
                                                    {Kind::instruction, 0x1000, 1},
                                                    {Kind::instruction, 0x1001, 2}}));
  const auto steps = walk(stack, 0x1001);
  EXPECT_EQ(steps[0].entry, 1U);
  EXPECT_EQ(steps[0].block_instructions, 0U) << "where its block began is not known";
  EXPECT_EQ(steps[2].entry, 0U);
  EXPECT_EQ(steps[2].block_instructions, 2U);
}

TEST(BranchPath, ASampleAtTheLatestBranchOrAfterAnAbortEndsThere) {
  EXPECT_EQ(seen({0x1006, 0x1000, 2}, 0x1006), (std::vector<Seen>{{Kind::branch, 0x1006, 2}}));
  EXPECT_EQ(seen({0x1006, 0x1000, 8}, 0x1000), (std::vector<Seen>{{Kind::branch, 0x1006, 2}}));
}

TEST(BranchPath, AJumpOnTheWayToTheSampleIsStray) {
  const std::vector<std::uint64_t> stack{0x1006, 0x1005, 2};
  EXPECT_EQ(seen(stack, 0x1008), (std::vector<Seen>{{Kind::branch, 0x1006, 2},
                                                    {Kind::instruction, 0x1005, 1},
                                                    {Kind::instruction, 0x1006, 2},
                                                    {Kind::stray, 0x1006, 0}}));
  const auto filtered = walk(stack, 0x1008, false);
  EXPECT_EQ(filtered.back().kind, Kind::instruction) << "a stack of calls alone has no jumps";
  EXPECT_EQ(filtered.back().ip, 0x1008U);
}

TEST(BranchPath, AConditionalBranchThatIsNotInTheStackWasNotTaken) {
  EXPECT_EQ(seen({0x1006, 0x1000, 2}, 0x1003), (std::vector<Seen>{{Kind::branch, 0x1006, 2},
                                                                  {Kind::instruction, 0x1000, 1},
                                                                  {Kind::instruction, 0x1001, 2},
                                                                  {Kind::instruction, 0x1003, 1}}));
}

TEST(BranchPath, CodeThatDoesNotComeToTheBranchIsAMismatch) {
  const auto steps = seen({0x1002, 0x1000, 2, 0x1006, 0x1000, 2}, 0x1002);
  ASSERT_GE(steps.size(), 2U);
  EXPECT_EQ(steps[0], (Seen{Kind::branch, 0x1006, 2}));
  EXPECT_EQ(steps.back().kind, Kind::mismatch);
}

TEST(BranchPath, BytesThatAreNoInstructionEndTheBlock) {
  EXPECT_EQ(seen({0x1006, 0x1008, 2}, 0x100c),
            (std::vector<Seen>{{Kind::branch, 0x1006, 2}, {Kind::instruction, 0x1008, 3}, {Kind::no_code, 0x100b, 0}}));
}

TEST(BranchPath, WhereTheTargetsCodeIsNotKnownTheSamplesInstructionStandsAlone) {
  EXPECT_EQ(seen({0x1006, 0x9000, 2}, 0x1005),
            (std::vector<Seen>{{Kind::branch, 0x1006, 2}, {Kind::instruction, 0x1005, 1}}));
  EXPECT_EQ(seen({0x1006, 0x1000, 2}, 0x100000),
            (std::vector<Seen>{{Kind::branch, 0x1006, 2}}));  // further than a block is long
}

TEST(BranchPath, TheWayIntoTheKernelMayBeMissing) {
  // 1000 .. into the kernel (not recorded), out of it (recorded), back to 1005 and the jump at 1006.
  const std::vector<std::uint64_t> stack{0x1006, 0x1000, 2, 0xffffffff81000000, 0x1005, 2, 0x1006, 0x1000, 2};
  const auto steps = seen(stack, 0x1000);
  ASSERT_FALSE(steps.empty());
  EXPECT_EQ(steps[0], (Seen{Kind::branch, 0x1006, 2}));
  // From 1000 straight to the jump at 1006: the entry that comes out of the kernel is passed over.
  EXPECT_EQ(steps[1], (Seen{Kind::instruction, 0x1000, 1}));
  EXPECT_EQ(steps[steps.size() - 2], (Seen{Kind::branch, 0x1006, 2}));
}

TEST(BranchPath, NoStackIsNoPath) { EXPECT_TRUE(seen({}, 0x1000).empty()); }

TEST(BranchPath, AHostileStackHasAnEnd) {
  std::vector<std::uint64_t> stack;
  for (unsigned i = 0; i < 40'000; ++i) stack.insert(stack.end(), {0x1006, 0x1005, 2});
  const auto steps = walk(stack, 0x1005);
  EXPECT_EQ(steps.size(), kMostBranchSteps + 1);
  EXPECT_EQ(steps.back().kind, Kind::cut);
}

// Nops up to the last byte there is.
TEST(BranchPath, AddressesAtTheEndOfTheAddressSpaceDoNotWrap) {
  static const Bytes nops(64, std::byte{0x90});
  Sample sample;
  sample.ip = ~0ULL;
  const Bytes bytes = test::words({~0ULL - 30, ~0ULL - 20, 2, ~0ULL - 40, ~0ULL - 30, 2});
  sample.branches.entries = WordView(bytes);
  std::size_t steps = 0;
  VirtAddr last = 0;
  const auto read = [](VirtAddr, CpuMode, std::size_t most) {
    return Resolver::Code{abi::Arch::x86_64, std::span(nops).first(std::min(most, nops.size()))};
  };
  walk_branch_path(sample, true, read, [&](const BranchStep& step) {
    ++steps;
    last = step.ip;
  });
  EXPECT_EQ(last, ~0ULL);
  EXPECT_EQ(steps, 2U + 21U);  // the oldest branch, the one at its target, and the nops to the sample
  sample.ip = ~0ULL - 25;      // before the last target: 128 bytes are looked at, as far as there are addresses
  walk_branch_path(sample, true, read, [&](const BranchStep& step) { last = step.ip; });
  EXPECT_GE(last, ~0ULL - 40);
}

TEST(HasAnyBranch, IsTheBitOrNoFilterAtAll) {
  abi::EventAttr attr;
  EXPECT_TRUE(has_any_branch(attr));
  attr.branch_sample_type = 1U | 1U << 3U;  // user, any
  EXPECT_TRUE(has_any_branch(attr));
  attr.branch_sample_type = 1U | 1U << 4U;  // user, any call
  EXPECT_FALSE(has_any_branch(attr));
}

}  // namespace
}  // namespace simdprof::cmd
