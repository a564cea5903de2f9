#include "decoders/aux/pt_code.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/pt_trace.h"

namespace simdprof {
namespace {

/// Code that is the process's number; counts how often it is asked for, and what for.
class Counting final : public AuxPrograms {
 public:
  [[nodiscard]] Task task(std::int32_t, Tid, std::uint64_t) const override { return {}; }
  [[nodiscard]] std::size_t read_code(Pid pid, VirtAddr, bool kernel, std::uint64_t,
                                      std::span<std::byte> out) const override {
    ++reads;
    kernel_reads += kernel ? 1 : 0;
    std::fill(out.begin(), out.end(), static_cast<std::byte>(pid));
    return out.size();
  }
  [[nodiscard]] std::uint64_t code_holds_until(Pid, std::uint64_t) const override { return 200; }
  [[nodiscard]] std::string mapped_name(Pid, VirtAddr, bool, std::uint64_t) const override { return "libx.so"; }

  mutable int reads = 0;
  mutable int kernel_reads = 0;
};

TEST(PtCode, ReadsAPageOnceWhileItHolds) {
  Counting programs;
  PtCode code{programs};
  std::array<std::byte, 15> out{};
  code.set_context(7, 100, false);
  EXPECT_EQ(code.read(0x1000, out), 15U);
  EXPECT_EQ(code.read(0x1800, out), 15U);
  code.set_context(7, 199, false);
  EXPECT_EQ(code.read(0x1001, out), 15U);
  EXPECT_EQ(out[0], std::byte{7});
  EXPECT_EQ(programs.reads, 1);
  code.set_context(7, 200, false);
  EXPECT_EQ(code.read(0x1001, out), 15U);
  EXPECT_EQ(programs.reads, 2);
}

TEST(PtCode, OfAnotherProcessIsReadAnew) {
  Counting programs;
  PtCode code{programs};
  std::array<std::byte, 15> out{};
  code.set_context(7, 100, false);
  EXPECT_EQ(code.read(0x1000, out), 15U);
  code.set_context(8, 100, false);
  EXPECT_EQ(code.read(0x1000, out), 15U);
  EXPECT_EQ(out[0], std::byte{8});
}

TEST(PtCode, SaysWhichCodeIsTheKernels) {
  Counting programs;
  PtCode code{programs};
  std::array<std::byte, 15> out{};
  EXPECT_EQ(code.read(0xffffffff81000000, out), 15U);
  EXPECT_EQ(programs.kernel_reads, 1);
  EXPECT_EQ(code.mapped_name(0x1000), "libx.so");
}

TEST(PtCode, OfAVirtualMachineIsNotKnown) {
  Counting programs;
  PtCode code{programs};
  std::array<std::byte, 15> out{};
  code.set_context(7, 100, true);
  EXPECT_EQ(code.read(0x1000, out), 0U);
  EXPECT_EQ(programs.reads, 0);
  EXPECT_EQ(code.mapped_name(0x1000), "");
}

TEST(PtCode, EndsWhereTheMappingEnds) {
  test::pt::Programs programs;
  programs.map(0x1ffa, test::raw({1, 2, 3, 4, 5, 6, 7, 8}));  // across a page's end, in the middle of both
  PtCode code{programs};
  std::array<std::byte, 15> out{};
  EXPECT_EQ(code.read(0x1ffa, out), 8U);
  EXPECT_EQ(out[7], std::byte{8});
  EXPECT_EQ(code.read(0x1fff, out), 3U);
  EXPECT_EQ(code.read(0x1ff9, out), 0U);
  EXPECT_EQ(code.read(0x2002, out), 0U);
}

TEST(PtCode, AtTheEndOfTheAddressSpaceEnds) {
  test::pt::Programs programs;
  programs.map(~VirtAddr{0} - 3, test::raw({1, 2, 3, 4}));
  PtCode code{programs};
  std::array<std::byte, 15> out{};
  EXPECT_EQ(code.read(~VirtAddr{0} - 1, out), 2U);
}

}  // namespace
}  // namespace simdprof
