#include "lib/perfdata/metadata.h"

#include <gtest/gtest.h>

#include "lib/base/cursor.h"
#include "tests/support/bytes.h"

namespace simdprof::perfdata {
namespace {

/// Types of the records, in order.
std::vector<std::uint32_t> types(const Metadata::Records& records) {
  std::vector<std::uint32_t> out;
  Cursor in{records.bytes};
  while (in.remaining() != 0) {
    out.push_back(in.u32());
    in.skip(2);
    in.skip(in.u16() - 8U);
  }
  EXPECT_FALSE(in.failed());
  EXPECT_EQ(out.size(), records.count);
  return out;
}

TEST(Metadata, DescribesEventsBeforeTheirIdsAndFacts) {
  Metadata metadata;
  metadata.add_fact("arch", "x86_64");
  metadata.add_build_id(test::raw({1, 2}), "/bin/x");
  ASSERT_TRUE(metadata.add_event({}, {5}));
  ASSERT_TRUE(metadata.add_event({}, {6, 7}));
  metadata.add_auxtrace_info(1, test::words({9}), std::endian::little);
  EXPECT_EQ(types(metadata.encode()),
            (std::vector<std::uint32_t>{0x53440001, 0x53440001, 0x53440002, 0x53440002, 0x53440002, 0x53440003,
                                        0x53440007, 0x5344000a, 0x53440008}));
}

TEST(Metadata, TheSourceIsTheKernelWhereVectorsWereAskedFor) {
  abi::EventAttr attr;
  attr.sample_regs_intr = 0xff0fff;
  Metadata general;
  ASSERT_TRUE(general.add_event(attr, {}));
  attr.sample_regs_intr |= std::uint64_t{1} << 32U;
  Metadata vectors;
  ASSERT_TRUE(vectors.add_event(attr, {}));
  const auto source = [](const Metadata& metadata) {
    const auto bytes = metadata.encode().bytes;
    Cursor in{bytes};
    in.skip(6);
    in.skip(in.u16() - 8U + 8U);  // the event; the source's header
    return in.u32();
  };
  EXPECT_EQ(source(general), 0U);
  EXPECT_EQ(source(vectors), 1U);
}

TEST(Metadata, BoundsWhatAnInputCanMakeItKeep) {
  Metadata metadata;
  EXPECT_EQ(metadata.add_event({}, std::vector<std::uint64_t>((1U << 21U) + 1)).error().code, Errc::limit);
  for (int i = 0; i < 4096; ++i) ASSERT_TRUE(metadata.add_event({}, {}));
  EXPECT_EQ(metadata.add_event({}, {}).error().code, Errc::limit);
  EXPECT_EQ(metadata.add_id(4096, 1).error().code, Errc::malformed);
  metadata.add_build_id(std::vector<std::byte>(65), "/too/long");
  metadata.add_build_id(test::raw({1}), std::string(5000, 'x'));
  EXPECT_EQ(metadata.encode().count, 4097U) << "events and their source";
}

}  // namespace
}  // namespace simdprof::perfdata
