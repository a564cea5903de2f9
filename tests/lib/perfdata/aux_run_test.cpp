#include "lib/perfdata/aux_run.h"

#include <gtest/gtest.h>

#include "tests/lib/perfdata/hand_perf_data.h"

namespace simdprof::perfdata {
namespace {

using test::Fields;

TEST(AuxRun, TheRecordSaysWhereItsBytesBelong) {
  const auto payload = Fields().u64(100).u64(4096).u64(7).u32(3).u32(1234).u32(0xffffffff).u32(0).get();
  const auto run = decode_auxtrace(Cursor{payload}, 5000);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->file_offset, 5000U);
  EXPECT_EQ(run->bytes, 100U);
  EXPECT_EQ(run->aux_offset, 4096U);
  EXPECT_EQ(run->reference, 7U);
  EXPECT_EQ(run->index, 3U);
  EXPECT_EQ(run->tid, 1234);
  EXPECT_EQ(run->cpu, -1);
  for (std::size_t size = 0; size < 36; ++size) {
    EXPECT_FALSE(decode_auxtrace(Cursor{std::span(payload).first(size)}, 0)) << size;
  }
}

TEST(AuxRun, LongOnesAreSplitSoThatEachCanBeLoaded) {
  AuxRun run;
  run.bytes = (2U << 20U) + 5;
  run.aux_offset = 10;
  run.file_offset = 1000;
  const auto parts = split_aux_run(run);
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[1].aux_offset, 10U + (1U << 20U));
  EXPECT_EQ(parts[2].file_offset, 1000U + (2U << 20U));
  EXPECT_EQ(parts[2].bytes, 5U);
  EXPECT_TRUE(split_aux_run(AuxRun{}).empty());
}

TEST(AuxRun, IsLoadedAsRecordsOfAtMostThirtyTwoKilobytes) {
  test::Bytes bytes(40000);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 31);
  const test::TempPath path{bytes};
  const auto file = InputFile::open(path.path(), nullptr);
  ASSERT_TRUE(file);
  AuxRun run;
  run.file_offset = 8;
  run.bytes = 39989;
  run.aux_offset = 512;
  run.cpu = 2;
  const auto records = load_aux_run(*file, run);
  ASSERT_TRUE(records);
  EXPECT_EQ(records->size(), aux_run_record_bytes(run));
  EXPECT_EQ(aux_run_records(run), 2U);
  Cursor in{*records};
  EXPECT_EQ(in.u32(), 0x5344000bU);
  in.skip(2);
  EXPECT_EQ(in.u16(), 32768U + 40U);
  EXPECT_EQ(in.u64(), 512U);
  in.skip(8 + 4 + 4);
  EXPECT_EQ(in.i32(), 2);
  EXPECT_EQ(in.u32(), 32768U);
  EXPECT_EQ(in.u8(), std::to_integer<unsigned>(bytes[8]));
  in.skip(32767 + 8);
  EXPECT_EQ(in.u64(), 512U + 32768U);
  run.bytes = 50000;
  EXPECT_EQ(load_aux_run(*file, run).error().code, Errc::truncated);
}

}  // namespace
}  // namespace simdprof::perfdata
