#include "decoders/aux/aux_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace simdprof {
namespace {

/// Programs of which nothing is known.
class NoPrograms final : public AuxPrograms {
 public:
  [[nodiscard]] Task task(std::int32_t, Tid, std::uint64_t) const override { return {}; }
  [[nodiscard]] std::size_t read_code(Pid, VirtAddr, bool, std::uint64_t, std::span<std::byte>) const override {
    return 0;
  }
};

TEST(AuxDecoder, ATypeWithoutADecoderIsUnsupportedAndNamed) {
  AuxTraceInfo info;
  info.type = AuxTraceType::s390_cpumsf;
  const auto decoder = make_aux_decoder(info, NoPrograms{}, {});
  ASSERT_FALSE(decoder);
  EXPECT_EQ(decoder.error().code, Errc::unsupported);
  EXPECT_THAT(decoder.error().fact, testing::HasSubstr("type 5"));
}

TEST(AuxDecoder, EveryKindIsListedOnceAndWithItsName) {
  std::vector<AuxTraceType> types;
  for (const AuxSupport& support : aux_support()) {
    EXPECT_FALSE(support.name.empty());
    types.push_back(support.type);
  }
  EXPECT_THAT(types, testing::Contains(AuxTraceType::intel_pt).Times(1));
}

TEST(AuxDecoder, IntelPtIsUnsupportedExactlyWhereItsLibraryIsMissing) {
  for (const AuxSupport& support : aux_support()) {
    if (support.type != AuxTraceType::intel_pt) continue;
    EXPECT_EQ(support.built_in, SIMDPROF_HAVE_LIBIPT == 1);
    EXPECT_EQ(support.library.substr(0, 6), support.built_in ? "libipt" : "");
  }
}

}  // namespace
}  // namespace simdprof
