#include "lib/model/ledger.h"

#include <gtest/gtest.h>

#include "lib/abi/perf_event.h"

namespace simdprof {
namespace {

TEST(Ledger, IsEmptyUntilSomethingIsMissing) {
  Ledger ledger;
  EXPECT_TRUE(ledger.empty());
  EXPECT_EQ(ledger.lost(LossCause::ring_full), 0U);
  ledger.lose(LossCause::ring_full, 0);
  EXPECT_TRUE(ledger.empty());
  ledger.lose(LossCause::ring_full, 1);
  EXPECT_FALSE(ledger.empty());
}

TEST(Ledger, AddsLossesByCause) {
  Ledger ledger;
  ledger.lose(LossCause::ring_full, 3);
  ledger.lose(LossCause::image_missing, 2);
  ledger.lose(LossCause::ring_full, 4);
  EXPECT_EQ(ledger.lost(LossCause::ring_full), 7U);
  EXPECT_EQ(ledger.lost(LossCause::image_missing), 2U);
  EXPECT_EQ(ledger.losses().size(), 2U);
}

TEST(Ledger, CountsOnceWhatRecorderAndReaderSaw) {
  Ledger ledger;
  ledger.lose_at_least(LossCause::image_unmatched, 2);
  EXPECT_EQ(ledger.lost(LossCause::image_unmatched), 2U) << "nobody told of them before";
  ledger.lose_at_least(LossCause::image_unmatched, 5);
  EXPECT_EQ(ledger.lost(LossCause::image_unmatched), 5U) << "two of the five were known";
  ledger.lose_at_least(LossCause::image_unmatched, 1);
  EXPECT_EQ(ledger.lost(LossCause::image_unmatched), 5U) << "the recorder saw more";
  ledger.lose_at_least(LossCause::image_missing, 0);
  EXPECT_EQ(ledger.losses().size(), 1U);
}

TEST(Ledger, KeepsTheFirstErrorOfEveryRecordType) {
  Ledger ledger;
  ledger.skip(abi::PERF_RECORD_SAMPLE, Error{Errc::truncated, "first", 10, {}});
  ledger.skip(abi::PERF_RECORD_SAMPLE, Error{Errc::malformed, "second", 20, {}});
  ledger.skip(kRecordRegisterImage, Error{Errc::malformed, "image", 30, {}});
  ASSERT_EQ(ledger.skipped().size(), 2U);
  EXPECT_EQ(ledger.skipped().at("SAMPLE").count, 2U);
  EXPECT_EQ(ledger.skipped().at("SAMPLE").first.fact, "first");
  EXPECT_EQ(ledger.skipped().at("SAMPLE").first.offset, 10U);
  EXPECT_EQ(ledger.skipped().at("REGISTER_IMAGE").count, 1U);
}

TEST(Ledger, CountsUnknownTypesApart) {
  Ledger ledger;
  ledger.skip_unknown_type(77);
  ledger.skip_unknown_type(77);
  ledger.skip_unknown_type(78);
  EXPECT_EQ(ledger.unknown_types().at(77), 2U);
  EXPECT_EQ(ledger.unknown_types().at(78), 1U);
  EXPECT_TRUE(ledger.skipped().empty());
  EXPECT_FALSE(ledger.empty());
}

TEST(Ledger, MergingAddsCountsAndKeepsTheEarlierFirstError) {
  Ledger first;
  first.lose(LossCause::ring_full, 1);
  first.skip(abi::PERF_RECORD_SAMPLE, Error{Errc::truncated, "mine", 1, {}});
  Ledger second;
  second.lose(LossCause::ring_full, 2);
  second.lose(LossCause::chunk_damaged, 1);
  second.skip(abi::PERF_RECORD_SAMPLE, Error{Errc::truncated, "theirs", 2, {}});
  second.skip(abi::PERF_RECORD_COMM, Error{Errc::truncated, "comm", 3, {}});
  second.skip_unknown_type(99);
  first.merge(second);
  EXPECT_EQ(first.lost(LossCause::ring_full), 3U);
  EXPECT_EQ(first.lost(LossCause::chunk_damaged), 1U);
  EXPECT_EQ(first.skipped().at("SAMPLE").count, 2U);
  EXPECT_EQ(first.skipped().at("SAMPLE").first.fact, "mine");
  EXPECT_EQ(first.skipped().at("COMM").count, 1U);
  EXPECT_EQ(first.skipped().at("COMM").first.fact, "comm");
  EXPECT_EQ(first.unknown_types().at(99), 1U);
}

TEST(RecordName, NamesKernelTypesOwnTypesAndNumbersOthers) {
  EXPECT_EQ(record_name(9), "SAMPLE");
  EXPECT_EQ(record_name(kRecordStream), "STREAM");
  EXPECT_EQ(record_name(kRecordRegisterImage), "REGISTER_IMAGE");
  EXPECT_EQ(record_name(kRecordEnd), "END");
  EXPECT_EQ(record_name(0x1234), "type 0x1234");
}

}  // namespace
}  // namespace simdprof
