#include "cmd/aux_reading.h"

#include <gtest/gtest.h>

#include "tests/cmd/aux_input.h"

namespace simdprof::cmd {
namespace {

using test::ByteDecoder;
using test::Bytes;
using test::ListCollector;
using test::raw;

/// Slices that are given as they are.
class FixedReader : public AuxSliceReader {
 public:
  FixedReader(std::int32_t cpu, std::vector<Bytes> slices) : cpu_(cpu), slices_(std::move(slices)) {}
  std::shared_ptr<const AuxWindow> next() override {
    if (at_ == slices_.size()) return nullptr;
    auto window = std::make_shared<AuxWindow>();
    window->bytes = slices_[at_++];
    window->slice.cpu = cpu_;
    window->slice.offset = offset_;
    window->slice.time_ns = 90;
    window->slice.data = window->bytes;
    window->segments = ByteDecoder().split(window->slice);
    offset_ += window->bytes.size();
    return window;
  }

 private:
  std::int32_t cpu_;
  std::vector<Bytes> slices_;
  std::size_t at_ = 0;
  std::uint64_t offset_ = 0;
};

struct Read {
  std::vector<std::string> items;
  std::uint64_t errors = 0;
};

Read read_all(std::vector<std::vector<Bytes>> areas, AuxOrder order) {
  const ByteDecoder decoder;
  std::vector<std::unique_ptr<AuxSliceReader>> readers;
  for (std::size_t i = 0; i < areas.size(); ++i) {
    readers.push_back(std::make_unique<FixedReader>(static_cast<std::int32_t>(i), std::move(areas[i])));
  }
  AuxReading reading(std::move(readers), decoder, [] { return std::make_unique<ListCollector>(); }, order, {});
  Read read;
  while (const auto item = reading.next()) {
    read.items.push_back(std::to_string(item->time_ns) + "@" + std::string(item->bytes));
  }
  read.errors = reading.error_filter().told();
  return read;
}

using Items = std::vector<std::string>;

TEST(AuxReading, AreasAreMergedByTime) {
  const Read read = read_all({{raw({10, 30, 0xff, 50})}, {raw({20, 30, 40})}}, AuxOrder::by_time);
  EXPECT_EQ(read.items, (Items{"10@0:10", "20@0:20", "30@1:30", "30@1:30", "40@2:40", "50@3:50"}));
}

TEST(AuxReading, OrOneAfterTheOther) {
  const Read read = read_all({{raw({50}), raw({60})}, {raw({20, 40})}, {}}, AuxOrder::by_area);
  EXPECT_EQ(read.items, (Items{"50@0:50", "60@1:60", "20@0:20", "40@1:40"}));
}

TEST(AuxReading, ErrorsAreCountedAndStandWhereTheyHappened) {
  const Read read = read_all({{raw({10, 0xfe, 0xff, 0xfe, 20})}}, AuxOrder::by_time);
  EXPECT_EQ(read.items, (Items{"10@0:10", "10@1:bad", "10@3:bad", "20@4:20"}));
  EXPECT_EQ(read.errors, 2U);
}

TEST(AuxReading, ErrorsThatAreNotToldAreLeftOut) {
  AuxBatch batch;
  AuxError error;
  error.file = "/lib/a";
  batch.end_error(error);
  error.file = "";
  batch.end_error(error);
  error.file = "/lib/b";
  batch.end_error(error);
  error.file = "/lib/a";
  batch.end_error(error);
  batch.end_entry(7);
  EXPECT_EQ(batch.missing_files, (std::vector<std::string>{"/lib/a", "/lib/b"}));
  std::vector<std::int32_t> causes;
  for (const AuxBatch::Entry& entry : batch.entries) causes.push_back(entry.error);
  EXPECT_EQ(causes, (std::vector<std::int32_t>{0, AuxBatch::kAnyError, 1, 0, AuxBatch::kNone}));
}

TEST(AuxReading, WhatHasNoTimeTakesItFromItsNeighbours) {
  AuxBatch batch;
  for (const std::uint64_t time_ns :
       {AuxPlace::kNoAuxTime, std::uint64_t{40}, std::uint64_t{30}, AuxPlace::kNoAuxTime}) {
    batch.end_entry(time_ns);
  }
  settle_times(batch, 20, 99);
  EXPECT_EQ(batch.entries[0].time_ns, 40U);
  EXPECT_EQ(batch.entries[1].time_ns, 40U);
  EXPECT_EQ(batch.entries[2].time_ns, 40U) << "never back in time";
  EXPECT_EQ(batch.entries[3].time_ns, 40U);

  AuxBatch timeless;
  timeless.end_entry(AuxPlace::kNoAuxTime);
  settle_times(timeless, 20, 99);
  EXPECT_EQ(timeless.entries[0].time_ns, 99U);
}

TEST(AuxReading, TheOrderDoesNotDependOnTheThreads) {
  Bytes many;
  for (unsigned i = 0; i < 20000; ++i) many.push_back(static_cast<std::byte>(i % 97 == 0 ? 0xff : i % 200));
  const Read first = read_all({{many, many}, {many}, {many, many, many}}, AuxOrder::by_time);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(read_all({{many, many}, {many}, {many, many, many}}, AuxOrder::by_time).items, first.items);
  }
  EXPECT_GT(first.items.size(), 100000U);
}

TEST(AuxReading, MayEndBeforeAllIsRead) {
  const ByteDecoder decoder;
  std::vector<std::unique_ptr<AuxSliceReader>> readers;
  readers.push_back(std::make_unique<FixedReader>(0, std::vector<Bytes>(50, Bytes(10000, std::byte{1}))));
  AuxReading reading(std::move(readers), decoder, [] { return std::make_unique<ListCollector>(); }, AuxOrder::by_time,
                     {});
  EXPECT_TRUE(reading.next().has_value());
}

}  // namespace
}  // namespace simdprof::cmd
