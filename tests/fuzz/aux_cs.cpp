// Any bytes as CoreSight metadata and trace. The first byte tells the AUX flags and how many words of metadata follow;
// the rest is trace, and the code that it runs.
#include "tests/support/aux_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace simdprof;
  Cursor in{std::as_bytes(std::span(data, size))};
  AuxTraceInfo info;
  info.type = AuxTraceType::cs_etm;
  const std::uint8_t first = in.u8();
  for (unsigned words = first & 0x3fU; words != 0 && in.remaining() >= 8; --words) info.words.push_back(in.u64());
  info.hw_ids.push_back({0, 0x10});
  test::fuzz_aux(info, in.take(in.remaining()), (first & 0x40U) != 0 ? 0x100 : 0);
  return 0;
}
