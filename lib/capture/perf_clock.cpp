#include "lib/capture/perf_clock.h"

#if defined(__x86_64__) || defined(__i386__)
#include <x86intrin.h>
#endif

#include "lib/capture/event_open.h"
#include "lib/capture/open_error.h"

namespace simdprof {
namespace {

std::uint64_t read_ticks() {
#if defined(__x86_64__) || defined(__i386__)
  return __rdtsc();
#elif defined(__aarch64__)
  std::uint64_t ticks = 0;
  asm volatile("isb; mrs %0, cntvct_el0" : "=r"(ticks));
  return ticks;
#else
  return 0;
#endif
}

}  // namespace

Result<PerfClock> PerfClock::open() {
  abi::EventAttr attr;
  attr.type = abi::PERF_TYPE_SOFTWARE;
  attr.config = abi::PERF_COUNT_SW_DUMMY;
  attr.size = abi::PERF_ATTR_SIZE_VER7;
  attr.flags = abi::kAttrDisabled | abi::kAttrExcludeKernel | abi::kAttrExcludeHv;
  OpenedEvent opened = open_event(attr, 0, -1);
  if (opened.error_number != 0) return fail(open_error(opened, attr, "cannot read perf's clock"));
  auto ring = Ring::map(opened.fd.get(), 1);
  if (!ring) return fail(ring.error());
  PerfClock clock(std::move(opened.fd), std::move(*ring));
  if (!clock.conversion().known) return fail(Errc::unsupported, "the CPU's ticks are not tied to perf's clock here");
  return clock;
}

std::uint64_t PerfClock::now_ns() const { return conversion().to_ns(read_ticks()).value_or(0); }

}  // namespace simdprof
