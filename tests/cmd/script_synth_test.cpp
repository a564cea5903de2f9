#include <gtest/gtest.h>

#include "cmd/script_render.h"

namespace simdprof::cmd {
namespace {

using Kind = AuxMarkFacts::Kind;

AuxMarkFacts mark(Kind kind, std::uint64_t payload, bool has_ip = false) {
  AuxMarkFacts facts;
  facts.kind = kind;
  facts.payload = payload;
  facts.has_ip = has_ip;
  return facts;
}

std::string text(const AuxMarkFacts& facts) {
  TextBuffer out;
  append_synth(out, facts);
  return fmt::to_string(out);
}

std::string json(const AuxMarkFacts& facts) {
  TextBuffer out;
  append_synth_json(out, facts);
  return fmt::to_string(out);
}

// What perf 6.1 prints of these.
TEST(SynthText, IsThatOfTheKernelsTool) {
  EXPECT_EQ(text(mark(Kind::ptwrite, 0x1234)), " IP: 0 payload: 0x1234            ");
  EXPECT_EQ(text(mark(Kind::ptwrite, 0, true)), " IP: 1 payload: 0                 ");
  EXPECT_EQ(text(mark(Kind::psb, 0x28)), " psb offs: 0x28                   ");
  EXPECT_EQ(text(mark(Kind::psb, 0)), " psb offs: 0                      ");
  EXPECT_EQ(text(mark(Kind::mwait, 0x100000060)), " hints: 0x60 extensions: 0x1      ");
  EXPECT_EQ(text(mark(Kind::pwre, 0x6280)), " hw: 1 cstate: 6 sub-cstate: 2    ");
  EXPECT_EQ(text(mark(Kind::exstop, 0, true)), " IP: 1                            ");
  EXPECT_EQ(text(mark(Kind::pwrx, 0x256)), " deepest cstate: 6 last cstate: 5 wake reason: 0x2 ");
}

TEST(SynthText, BitsThatHaveNoMeaningAreLeftOut) {
  EXPECT_EQ(text(mark(Kind::mwait, 0xffffffffffffff20)), " hints: 0x20 extensions: 0x3      ");
  EXPECT_EQ(text(mark(Kind::pwrx, 0xfffffff000)), " deepest cstate: 0 last cstate: 0 wake reason: 0 ");
}

TEST(SynthText, APayloadThatIsTextIsShownAsText) {
  EXPECT_EQ(text(mark(Kind::ptwrite, 0x6f6c6c6568, true)), " IP: 1 payload: 0x6f6c6c6568 hello ");
  EXPECT_EQ(text(mark(Kind::ptwrite, 0x38796c7463617865)), " IP: 0 payload: 0x38796c7463617865 exactly8 ");
  EXPECT_EQ(text(mark(Kind::ptwrite, 0x6f6c006568)), " IP: 0 payload: 0x6f6c006568      ") << "a zero before its end";
  EXPECT_EQ(text(mark(Kind::ptwrite, 0x7f)), " IP: 0 payload: 0x7f              ");
}

TEST(SynthText, ARatioHasItsFrequency) {
  AuxMarkFacts facts = mark(Kind::cbr, 21);
  facts.bus_khz = 100'000;
  facts.nominal_ratio = 28;
  EXPECT_EQ(text(facts), " cbr: 21 freq: 2100 MHz ( 75%)    ");
  facts.payload = 8;
  EXPECT_EQ(text(facts), " cbr:  8 freq:  800 MHz ( 29%)    ");
  EXPECT_EQ(text(mark(Kind::cbr, 21)), " cbr: 21 freq:    0 MHz           ");
}

TEST(SynthJson, HasTheSameByName) {
  EXPECT_EQ(json(mark(Kind::ptwrite, 0x1234, true)), R"({"has_ip":true,"payload":"0x1234"})");
  EXPECT_EQ(json(mark(Kind::psb, 0x28)), R"({"psb_offs":"0x28"})");
  EXPECT_EQ(json(mark(Kind::mwait, 0x100000060)), R"({"hints":96,"extensions":1})");
  EXPECT_EQ(json(mark(Kind::pwre, 0x6280)), R"({"hw":true,"cstate":6,"sub_cstate":2})");
  EXPECT_EQ(json(mark(Kind::exstop, 0)), R"({"has_ip":false})");
  EXPECT_EQ(json(mark(Kind::pwrx, 0x256)), R"({"deepest_cstate":6,"last_cstate":5,"wake_reason":2})");
  EXPECT_EQ(json(mark(Kind::cbr, 21)), R"({"cbr":21})");
  AuxMarkFacts facts = mark(Kind::cbr, 21);
  facts.bus_khz = 100'000;
  facts.nominal_ratio = 28;
  EXPECT_EQ(json(facts), R"({"cbr":21,"freq_mhz":2100,"percent":75})");
}

}  // namespace
}  // namespace simdprof::cmd
