// Any bytes as an Intel BTS trace, with code that is those bytes too.
#include "tests/support/aux_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace simdprof;
  AuxTraceInfo info;
  info.type = AuxTraceType::intel_bts;
  test::fuzz_aux(info, std::as_bytes(std::span(data, size)), 0);
  return 0;
}
