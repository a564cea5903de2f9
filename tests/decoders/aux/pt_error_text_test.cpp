#include "decoders/aux/pt_error_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/pt_trace.h"

namespace simdprof {
namespace {

TEST(PtErrorText, EveryErrorOfLibiptHasAName) {
  for (int code = pte_ok; code <= pte_bad_cpu; ++code) {
    EXPECT_FALSE(pt_error_name(static_cast<pt_error_code>(code)).empty()) << code;
  }
  EXPECT_EQ(pt_error_name(pte_nomap), "nomap");
  EXPECT_EQ(pt_error_name(pte_bad_query), "mismatch");
  EXPECT_EQ(pt_error_name(pte_bad_opc), "bad-packet");
}

TEST(PtErrorText, NamesThePlaceAndWhatIsLost) {
  struct Sink final : AuxSink {
    void on_error(const AuxError& error) override {
      code = error.code;
      text = error.text;
      offset = error.place.offset;
    }
    std::string code, text;
    std::uint64_t offset = 0;
  } sink;
  AuxPlace place;
  place.offset = 77;
  give_bad_packet(place, pte_bad_opc, 12, sink);
  EXPECT_EQ(sink.code, "bad-packet");
  EXPECT_THAT(sink.text, testing::HasSubstr("12 bytes"));
  EXPECT_EQ(sink.offset, 77U);
  give_unsynced(place, 9, sink);
  EXPECT_EQ(sink.code, "no-sync");
  give_cut_packet(place, 3, sink);
  EXPECT_EQ(sink.code, "cut");
  give_overflow(place, sink);
  EXPECT_EQ(sink.code, "overflow");
}

}  // namespace
}  // namespace simdprof
