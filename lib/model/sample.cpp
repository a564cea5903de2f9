#include "lib/model/sample.h"

namespace simdprof {

std::string_view cpu_mode_name(CpuMode mode) {
  switch (mode) {
    case CpuMode::unknown: return "unknown";
    case CpuMode::kernel: return "kernel";
    case CpuMode::user: return "user";
    case CpuMode::hypervisor: return "hypervisor";
    case CpuMode::guest_kernel: return "guest-kernel";
    case CpuMode::guest_user: return "guest-user";
  }
  return "unknown";
}

}  // namespace simdprof
