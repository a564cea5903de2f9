#include "lib/abi/perf_event.h"

#include <array>

namespace simdprof::abi {

unsigned precise_ip(const EventAttr& attr) { return static_cast<unsigned>(attr.flags >> kAttrPreciseIpShift) & 3U; }

void set_precise_ip(EventAttr& attr, unsigned level) {
  attr.flags &= ~(std::uint64_t{3} << kAttrPreciseIpShift);
  attr.flags |= std::uint64_t{level & 3U} << kAttrPreciseIpShift;
}

const char* record_type_name(std::uint32_t type) {
  static constexpr std::array kNames = {"",
                                        "MMAP",
                                        "LOST",
                                        "COMM",
                                        "EXIT",
                                        "THROTTLE",
                                        "UNTHROTTLE",
                                        "FORK",
                                        "READ",
                                        "SAMPLE",
                                        "MMAP2",
                                        "AUX",
                                        "ITRACE_START",
                                        "LOST_SAMPLES",
                                        "SWITCH",
                                        "SWITCH_CPU_WIDE",
                                        "NAMESPACES",
                                        "KSYMBOL",
                                        "BPF_EVENT",
                                        "CGROUP",
                                        "TEXT_POKE",
                                        "AUX_OUTPUT_HW_ID",
                                        "CALLCHAIN_DEFERRED"};
  return type > 0 && type < kNames.size() ? kNames[type] : nullptr;
}

}  // namespace simdprof::abi
