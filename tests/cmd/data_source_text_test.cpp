#include "cmd/data_source_text.h"

#include <gtest/gtest.h>

#include <string>

namespace simdprof::cmd {
namespace {

std::string text_of(std::uint64_t data_src) {
  TextBuffer out;
  append_data_source(out, data_src);
  return {out.data(), out.size()};
}

TEST(DataSource, OfPebsLoadsAsTheKernelsToolSaysIt) {
  EXPECT_EQ(text_of(0x11868100242), "|OP LOAD|LVL LFB/MAB or LFB/MAB hit|SNP None|TLB L1 or L2 hit|LCK No|BLK  N/A");
  EXPECT_EQ(text_of(0x1026a100142), "|OP LOAD|LVL L1 or L1 hit|SNP None|TLB L1 or L2 hit|LCK Yes|BLK  N/A");
}

TEST(DataSource, NothingKnownIsSaidSo) {
  EXPECT_EQ(text_of(0), "|OP No|LVL N/A|SNP N/A|TLB N/A|LCK No|BLK  N/A");
  // Every part has its own bit for it: op 0, level 5, snoop 19, lock 24, TLB 26, number 33..36, blocked 40.
  const std::uint64_t not_available =
      1ULL | 1ULL << 5U | 1ULL << 19U | 1ULL << 24U | 1ULL << 26U | 15ULL << 33U | 1ULL << 40U;
  EXPECT_EQ(text_of(not_available), "|OP N/A|LVL N/A or N/A|SNP N/A|TLB N/A|LCK N/A|BLK  N/A");
}

TEST(DataSource, StoresMissesSnoopsAndBlocksHaveTheirNames) {
  // STORE; miss (2) in local RAM (7); HitM (4) and forwarded (snoopx 0); locked (1); miss (2) of the L2 (4) after a
  // walk (5); number RAM (13); blocked by data (1) and address (2).
  const std::uint64_t word = 1ULL << 2U | (1ULL << 2U | 1ULL << 7U) << 5U | 1ULL << 23U | 1ULL << 38U | 1ULL << 25U |
                             (1ULL << 2U | 1ULL << 4U | 1ULL << 5U) << 26U | 13ULL << 33U | 3ULL << 41U;
  EXPECT_EQ(text_of(word),
            "|OP STORE|LVL Local RAM or RAM miss|SNP HitM or Fwd|TLB L2 or Walker miss|LCK Yes|BLK  Data Addr");
}

TEST(DataSource, HopsTellHowFarARemoteAccessWent) {
  // LOAD, hit, remote, one hop, any cache (11).
  const std::uint64_t word = 1ULL << 1U | (1ULL << 1U) << 5U | 1ULL << 37U | 1ULL << 43U | 11ULL << 33U;
  EXPECT_EQ(text_of(word), "|OP LOAD|LVL Remote core, same node Any cache hit|SNP N/A|TLB N/A|LCK No|BLK  N/A");
}

}  // namespace
}  // namespace simdprof::cmd
