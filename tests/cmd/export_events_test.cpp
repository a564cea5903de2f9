#include "cmd/export_events.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace simdprof::cmd {
namespace {

constexpr std::uint64_t kSampleType = abi::PERF_SAMPLE_IDENTIFIER | abi::PERF_SAMPLE_IP | abi::PERF_SAMPLE_REGS_USER;
constexpr std::uint64_t kGprs = 0xff0fff;
constexpr std::uint64_t kWithXmm = kGprs | 0xffffffff00000000;

class ExportEventsTest : public ::testing::Test {
 protected:
  ExportEventsTest() {
    std::string name = "/tmp/simdprof-export-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    facts_.arch = abi::Arch::x86_64;
  }
  ~ExportEventsTest() override { std::filesystem::remove_all(folder_); }

  void add_event(std::vector<std::uint64_t> ids, std::uint64_t sample_type = kSampleType) {
    EventDesc event;
    event.attr.sample_type = sample_type;
    event.attr.sample_regs_user = kGprs;
    event.attr.flags = abi::kAttrSampleIdAll;
    event.name = "event";
    const auto number = static_cast<std::uint32_t>(facts_.events.events.size());
    facts_.events.events.push_back(event);
    for (const std::uint64_t id : ids) facts_.events.event_of_id[id] = number;
  }
  /// Opens the file and adds the events.
  ExportEvents& start(bool strip = false) {
    auto writer = perfdata::Writer::create(folder_ + "/perf.data", std::endian::little);
    EXPECT_TRUE(writer);
    writer_.emplace(std::move(*writer));
    auto events = ExportEvents::start(*writer_, facts_, SampleLowering(facts_), strip);
    EXPECT_TRUE(events);
    return events_.emplace(std::move(*events));
  }
  static Sample sample(std::uint32_t event, std::uint64_t id) {
    Sample out;
    out.present = kSampleType;
    out.event = event;
    out.id = id;
    return out;
  }
  static RegisterMasks user(std::uint64_t mask) { return {mask, std::nullopt}; }

  std::string folder_;
  RecordingFacts facts_;
  std::optional<perfdata::Writer> writer_;
  std::optional<ExportEvents> events_;
};

TEST_F(ExportEventsTest, RecordedIdsStay) {
  add_event({8, 7});
  add_event({9});
  ExportEvents& events = start();
  EXPECT_EQ(writer_->event(0).ids, (std::vector<std::uint64_t>{7, 8}));
  EXPECT_EQ(writer_->event(1).ids, (std::vector<std::uint64_t>{9}));
  EXPECT_EQ(events.id_of_sample(sample(0, 8), user(kGprs)).value(), 8U);
  EXPECT_EQ(events.id_of_sample(sample(1, 9), user(kGprs)).value(), 9U);
  EXPECT_EQ(events.added(), 0U);
}

TEST_F(ExportEventsTest, AnEventWithoutIdsGetsOneThatNobodyHas) {
  add_event({}, abi::PERF_SAMPLE_IP);
  add_event({1, 2});
  ExportEvents& events = start();
  EXPECT_EQ(writer_->event(0).ids, (std::vector<std::uint64_t>{3}));
  Sample without_id;
  without_id.present = abi::PERF_SAMPLE_IP;
  EXPECT_EQ(events.id_of_sample(without_id, {}).value(), 3U);
  EXPECT_EQ(events.id_of_record(0, std::nullopt), 3U);
}

TEST_F(ExportEventsTest, AnIdOfNoEventBecomesOneOfTheEvent) {
  add_event({7});
  ExportEvents& events = start();
  EXPECT_EQ(events.id_of_sample(sample(0, 99), user(kGprs)).value(), 7U);
  EXPECT_EQ(events.id_of_record(0, 99), 0U);
  EXPECT_EQ(events.id_of_record(0, 7), 7U);
}

TEST_F(ExportEventsTest, TheFirstSampleWithRegistersGivesTheEventItsMask) {
  add_event({7});
  ExportEvents& events = start();
  EXPECT_EQ(events.id_of_sample(sample(0, 7), {}).value(), 7U);
  EXPECT_EQ(events.id_of_sample(sample(0, 7), user(kWithXmm)).value(), 7U);
  EXPECT_EQ(writer_->event(0).attr.sample_regs_user, kWithXmm);
}

TEST_F(ExportEventsTest, ASampleWithFewerRegistersGetsAnEventOfItsOwn) {
  add_event({7});
  ExportEvents& events = start();
  EXPECT_EQ(events.id_of_sample(sample(0, 7), user(kWithXmm)).value(), 7U);
  const std::uint64_t other = events.id_of_sample(sample(0, 7), user(kGprs)).value();
  EXPECT_NE(other, 7U);
  EXPECT_EQ(events.id_of_sample(sample(0, 7), user(kGprs)).value(), other);
  EXPECT_EQ(events.id_of_sample(sample(0, 7), user(kWithXmm)).value(), 7U);
  EXPECT_EQ(events.id_of_sample(sample(0, 7), {}).value(), 7U);
  EXPECT_EQ(events.added(), 1U);
  EXPECT_EQ(writer_->event(1).name, "event");
  EXPECT_EQ(writer_->event(1).attr.sample_regs_user, kGprs);
  EXPECT_EQ(writer_->event(0).attr.sample_regs_user, kWithXmm);
}

TEST_F(ExportEventsTest, TheSectionsAreToldApart) {
  add_event({7});
  ExportEvents& events = start();
  EXPECT_EQ(events.id_of_sample(sample(0, 7), {kGprs, kGprs}).value(), 7U);
  EXPECT_NE(events.id_of_sample(sample(0, 7), {kGprs, kWithXmm}).value(), 7U);
  EXPECT_NE(events.id_of_sample(sample(0, 7), {kWithXmm, kGprs}).value(), 7U);
  EXPECT_EQ(events.added(), 2U);
}

TEST_F(ExportEventsTest, StrippedEventsHaveNoMasks) {
  add_event({7});
  start(true);
  EXPECT_EQ(writer_->event(0).attr.sample_type, abi::PERF_SAMPLE_IDENTIFIER | abi::PERF_SAMPLE_IP);
  EXPECT_EQ(writer_->event(0).attr.sample_regs_user, 0U);
}

TEST_F(ExportEventsTest, WithoutSampleIdAllRecordsGetNoTrailer) {
  add_event({7});
  facts_.events.events[0].attr.flags = 0;
  EXPECT_FALSE(start().sample_id_all());
  EXPECT_EQ(writer_->event(0).attr.flags & abi::kAttrSampleIdAll, 0U);
}

}  // namespace
}  // namespace simdprof::cmd
