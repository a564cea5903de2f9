#include "tests/support/aux_fuzz.h"

/// The input is a trace; the first byte picks the CPU, so that errata are taken too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace simdprof;
  if (size == 0) return 0;
  AuxTraceInfo info;
  info.type = AuxTraceType::intel_pt;
  info.words = {8, 31, 672770566, 1000, 1, 0x400, 0x800, 3, 0, 0, 0x200, 0x3c000, 266, 2, 2, 32};
  info.config = 0x300e601;
  if ((data[0] & 1U) != 0) info.cpuid = (data[0] & 2U) != 0 ? "GenuineIntel,6,78,3" : "GenuineIntel,6,92,9";
  test::fuzz_aux(info, std::as_bytes(std::span(data + 1, size - 1)), 0);
  return 0;
}
