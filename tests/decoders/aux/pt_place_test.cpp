#include "decoders/aux/pt_place.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

/// Thread 10 up to 100 ns, thread 11 then. Counts how often it is asked.
class Switching final : public AuxPrograms {
 public:
  [[nodiscard]] Task task(std::int32_t cpu, Tid tid, std::uint64_t time_ns) const override {
    ++asked;
    EXPECT_EQ(cpu, 3);
    EXPECT_EQ(tid, -1);
    return time_ns < 100 ? Task{1, 10} : Task{1, 11};
  }
  [[nodiscard]] std::size_t read_code(Pid, VirtAddr, bool, std::uint64_t, std::span<std::byte>) const override {
    return 0;
  }
  mutable int asked = 0;
};

TEST(PtPlaces, NameTheThreadOfTheTime) {
  Switching programs;
  AuxSlice slice;
  slice.cpu = 3;
  slice.index = 5;
  slice.offset = 1000;
  PtPlaces places{programs, slice, 20};
  const AuxPlace first = places.at(7, 50);
  EXPECT_EQ(first.offset, 1027U);
  EXPECT_EQ(first.index, 5U);
  EXPECT_EQ(first.cpu, 3);
  EXPECT_EQ(first.tid, 10);
  EXPECT_EQ(places.at(8, 150).tid, 11);
}

TEST(PtPlaces, AskOnceForATime) {
  Switching programs;
  AuxSlice slice;
  slice.cpu = 3;
  PtPlaces places{programs, slice, 0};
  (void)places.at(0, AuxPlace::kNoAuxTime);
  (void)places.at(1, AuxPlace::kNoAuxTime);
  EXPECT_EQ(programs.asked, 1);
  (void)places.at(2, 5);
  (void)places.at(3, 5);
  EXPECT_EQ(programs.asked, 2);
}

}  // namespace
}  // namespace simdprof
