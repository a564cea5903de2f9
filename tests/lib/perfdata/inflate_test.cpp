#include "lib/perfdata/inflate.h"

#include <gtest/gtest.h>

#include "lib/base/input_file.h"
#include "tests/lib/perfdata/hand_perf_data.h"

namespace simdprof::perfdata {
namespace {

test::Bytes content(StreamInflater& inflater) {
  test::Bytes bytes(static_cast<std::size_t>(inflater.size()));
  const auto file = InputFile::adopt(inflater.take_file());
  EXPECT_TRUE(file);
  if (file) {
    EXPECT_EQ(file->read_at(0, bytes).value_or(0), bytes.size());
  }
  return bytes;
}

TEST(StreamInflater, PiecesOfAStreamThatNeverEndsGiveAllOfTheirBytes) {
  test::PieceCompressor pieces;
  StreamInflater inflater;
  ASSERT_TRUE(inflater.add(pieces.add(test::text("one "))));
  EXPECT_EQ(inflater.size(), 4U) << "a flushed piece is complete";
  ASSERT_TRUE(inflater.add(pieces.add(test::text("two "))));
  ASSERT_TRUE(inflater.add(pieces.add(test::text("one two "))));
  EXPECT_EQ(content(inflater), test::text("one two one two "));
}

TEST(StreamInflater, APieceMayBeCutAnywhere) {
  test::PieceCompressor pieces;
  const auto piece = pieces.add(test::text("some text, some text"));
  for (std::size_t cut = 0; cut <= piece.size(); ++cut) {
    StreamInflater inflater;
    ASSERT_TRUE(inflater.add(std::span(piece).first(cut))) << cut;
    ASSERT_TRUE(inflater.add(std::span(piece).subspan(cut))) << cut;
    EXPECT_EQ(inflater.size(), 20U) << cut;
  }
}

TEST(StreamInflater, AfterDamageItTakesOnlyWhatBeginsAnewStream) {
  test::PieceCompressor first;
  test::PieceCompressor second;
  StreamInflater inflater;
  ASSERT_TRUE(inflater.add(first.add(test::text("one "))));
  EXPECT_EQ(inflater.add(test::Bytes(40, std::byte{0xff})).error().code, Errc::malformed);
  EXPECT_EQ(inflater.add(first.add(test::text("two "))).error().code, Errc::malformed);
  ASSERT_TRUE(inflater.add(second.add(test::text("three"))));
  EXPECT_EQ(content(inflater), test::text("one three"));
}

TEST(StreamInflater, MoreThanARecorderCanHavePutInIsRefused) {
  test::PieceCompressor pieces;
  const auto piece = pieces.add(test::Bytes(64U << 20U));
  StreamInflater inflater;
  const auto added = inflater.add(piece);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, Errc::limit);
  EXPECT_LE(inflater.size(), StreamInflater::kMostBytes + StreamInflater::kMostRatio * piece.size());
}

}  // namespace
}  // namespace simdprof::perfdata
