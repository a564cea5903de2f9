#pragma once

#include <string_view>

#include "tests/cmd/session_input.h"

/// Recordings written by hand, of an event with XMM0..15 in both register sets.
namespace simdprof::test {

inline constexpr std::uint64_t kXmm = 0xffffffff00000000;
// IP, TID, TIME, CPU, REGS_USER, REGS_INTR
inline constexpr std::uint64_t kSampleType = 1 | 2 | 4 | 1U << 7U | 1U << 12U | 1U << 18U;

/// perf_event_attr of 128 bytes, both register masks XMM0..15.
inline Bytes xmm_event() {
  Bytes out;
  for (const std::uint32_t word : {0U, 128U, 1U, 128U}) append_word(out, word, 4);  // event, bytes; type, size
  out = out + words({1, 999, kSampleType, 0, 0, 0, 0, 0, 0, kXmm, 0, kXmm, 0, 0, 0});
  return framed(0x53440001, out + text("cycles") + raw({0, 0}));
}

inline Bytes mapped_program(std::uint64_t pid, std::string_view path) {
  return framed(1, words({pid << 32U | pid, 0x400000, 0x1000, 0}) + text(path) + raw({0}), 2);
}

/// 32 words that no other seed has.
inline Bytes xmm_block(std::uint64_t seed) {
  Bytes out;
  for (std::uint64_t i = 0; i < 32; ++i) append_word(out, 0x3ff0000000000000 + (seed << 32U) + i * 0x10001, 8);
  return out;
}

inline Bytes xmm_sample(unsigned mode, std::uint64_t pid, std::uint64_t time_ns, std::uint64_t user,
                        std::uint64_t intr) {
  const std::uint64_t ip = mode == 1 ? 0xffffffff81000000 : 0x400100;
  return framed(
      9, words({ip, pid << 32U | pid, time_ns, 0}) + words({2}) + xmm_block(user) + words({2}) + xmm_block(intr), mode);
}

inline HandRun xmm_metadata() { return {StreamKind::metadata, 0, {xmm_event(), host_fact("arch", "x86_64")}}; }

/// Three samples. R6 distrusts the user vectors of the second, R12 its interrupt vectors.
inline std::vector<HandRun> recording_with_distrusted_vectors() {
  return {xmm_metadata(),
          {StreamKind::ring,
           1,
           {mapped_program(100, "/bin/mine"), mapped_program(200, "/bin/other"), xmm_sample(2, 200, 10, 2, 2),
            xmm_sample(1, 100, 20, 2, 1), xmm_sample(2, 100, 30, 1, 1)},
           10,
           30}};
}

}  // namespace simdprof::test
