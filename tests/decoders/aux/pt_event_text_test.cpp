#include "decoders/aux/pt_event_text.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

pt_event of(pt_event_type type) {
  pt_event event{};
  event.type = type;
  return event;
}

TEST(PtEventText, EveryEventOfLibiptHasAName) {
  for (int type = ptev_enabled; type <= ptev_mnt; ++type) {
    const PtEventText text = render_pt_event(of(static_cast<pt_event_type>(type)));
    EXPECT_FALSE(text.name.empty()) << type;
    EXPECT_NE(text.name, "unknown") << type;
  }
}

TEST(PtEventText, AnAddressThatIsNotToldIsZero) {
  pt_event event = of(ptev_disabled);
  event.variant.disabled.ip = 0x1234;
  EXPECT_EQ(render_pt_event(event).ip, 0x1234U);
  event.ip_suppressed = 1;
  EXPECT_EQ(render_pt_event(event).ip, 0U);
}

TEST(PtEventText, TransactionsBeginAbortAndEnd) {
  pt_event event = of(ptev_tsx);
  EXPECT_EQ(render_pt_event(event).name, "committed");
  event.variant.tsx.speculative = 1;
  EXPECT_EQ(render_pt_event(event).name, "begin transaction");
  event.variant.tsx.aborted = 1;
  EXPECT_EQ(render_pt_event(event).name, "aborted");
}

TEST(PtEventText, PayloadsAreValuesAndText) {
  pt_event event = of(ptev_ptwrite);
  event.variant.ptwrite.payload = 0xabcd;
  EXPECT_EQ(render_pt_event(event).value, 0xabcdU);
  EXPECT_EQ(render_pt_event(event).text, "abcd");
  event = of(ptev_pwrx);
  event.variant.pwrx.interrupt = 1;
  event.variant.pwrx.deepest = 5;
  EXPECT_EQ(render_pt_event(event).text, "int: c1 (c6)");
  event = of(ptev_paging);
  event.variant.paging.cr3 = 0xb00;
  event.variant.paging.non_root = 1;
  EXPECT_EQ(render_pt_event(event).text, "cr3: 0000000000000b00, nr");
}

}  // namespace
}  // namespace simdprof
