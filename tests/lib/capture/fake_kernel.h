#pragma once

#include <cerrno>
#include <functional>
#include <string>
#include <vector>

#include "lib/capture/event_settle.h"

namespace simdprof::test {

/// Answers perf_event_open with chosen errnos and remembers what it was asked.
struct FakeKernel {
  std::function<int(const abi::EventAttr&)> answer = [](const abi::EventAttr&) { return 0; };
  std::vector<abi::EventAttr> asked;

  EventOpener opener() {
    return [this](const abi::EventAttr& attr, Pid /*pid*/, std::int32_t /*cpu*/) {
      asked.push_back(attr);
      OpenedEvent opened;
      opened.error_number = answer(attr);
      return opened;
    };
  }
};

inline constexpr std::uint64_t kLegacyXmm = 0xffffffff00000000;

/// Linux 5.2 to 7.3 with a PEBS-baseline PMU: XMM in the interrupt set of precise events alone, attr up to 136 bytes.
inline int pebs_kernel(const abi::EventAttr& attr) {
  if (attr.sample_simd_regs_enabled != 0) return E2BIG;
  if ((attr.sample_regs_user & kLegacyXmm) != 0) return EINVAL;
  if ((attr.sample_regs_intr & kLegacyXmm) != 0 && abi::precise_ip(attr) == 0) return EINVAL;
  return 0;
}

/// A kernel with the SIMD ABI on a CPU with vectors of `qwords`, with or without mask registers.
inline std::function<int(const abi::EventAttr&)> simd_kernel(unsigned qwords, bool opmask) {
  return [qwords, opmask](const abi::EventAttr& attr) {
    if (attr.sample_simd_regs_enabled == 0) return 0;
    if (attr.sample_simd_vec_reg_qwords > qwords) return EINVAL;
    if (attr.sample_simd_pred_reg_qwords != 0 && !opmask) return EINVAL;
    const bool masks = (attr.sample_simd_vec_reg_user | attr.sample_simd_vec_reg_intr) != 0;
    if (masks != (attr.sample_simd_vec_reg_qwords != 0)) return EINVAL;
    return 0;
  };
}

/// No PMU, or a software event: no extended registers in any form.
inline int software_kernel(const abi::EventAttr& attr) {
  if (attr.sample_simd_regs_enabled != 0) return EOPNOTSUPP;
  return ((attr.sample_regs_user | attr.sample_regs_intr) & kLegacyXmm) != 0 ? EOPNOTSUPP : 0;
}

}  // namespace simdprof::test
