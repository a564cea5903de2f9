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

TEST(AuxDecoder, AKindIsUnsupportedExactlyWhereItsLibraryIsMissing) {
  struct {
    AuxTraceType type;
    bool have;
    std::string library, name;
  } const cases[] = {{AuxTraceType::intel_pt, SIMDPROF_HAVE_LIBIPT == 1, "libipt", "Intel PT"},
                     {AuxTraceType::cs_etm, SIMDPROF_HAVE_LIBOPENCSD == 1, "libopencsd", "CoreSight"}};
  for (const auto& one : cases) {
    for (const AuxSupport& support : aux_support()) {
      if (support.type != one.type) continue;
      EXPECT_EQ(support.built_in, one.have);
      EXPECT_EQ(support.library.substr(0, one.library.size()), one.have ? one.library : "");
    }
    if (one.have) continue;
    AuxTraceInfo info;
    info.type = one.type;
    const auto decoder = make_aux_decoder(info, NoPrograms{}, {});
    ASSERT_FALSE(decoder);
    EXPECT_EQ(decoder.error().code, Errc::unsupported);
    EXPECT_EQ(decoder.error().fact, "this build decodes no " + one.name + ": it was made without " + one.library);
  }
}

}  // namespace
}  // namespace simdprof
