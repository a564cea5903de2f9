// Any bytes as an Arm SPE trace, and as one of HiSilicon PTT.
#include "tests/support/aux_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace simdprof;
  AuxTraceInfo info;
  info.clock = {31, 0x80000000, 7};
  for (const AuxTraceType type : {AuxTraceType::arm_spe, AuxTraceType::hisi_ptt}) {
    info.type = type;
    test::fuzz_aux(info, std::as_bytes(std::span(data, size)), 0);
  }
  return 0;
}
