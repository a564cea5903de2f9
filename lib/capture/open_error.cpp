#include "lib/capture/open_error.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "lib/capture/kernel_limits.h"

namespace simdprof {
namespace {

bool asks_vectors(const abi::EventAttr& attr) {
  constexpr std::uint64_t kLegacyXmm = 0xffffffff00000000;
  return attr.sample_simd_regs_enabled != 0 || ((attr.sample_regs_user | attr.sample_regs_intr) & kLegacyXmm) != 0;
}

std::string explain_denied(const abi::EventAttr& attr) {
  const auto paranoid = load_kernel_limits().paranoid;
  if (attr.type == abi::PERF_TYPE_TRACEPOINT) return "tracepoints need root or CAP_PERFMON";
  if (!paranoid) return "not permitted; run as root";
  // From 3 on (a patch of some distributions) users without CAP_PERFMON may open nothing at all.
  if (*paranoid > 2) {
    return fmt::format("kernel.perf_event_paranoid is {}; sysctl kernel.perf_event_paranoid=2, or CAP_PERFMON",
                       *paranoid);
  }
  if (attr.samples_kernel() && *paranoid == 2) {
    return "kernel.perf_event_paranoid is 2: kernel samples need 1, or CAP_PERFMON; with :u user mode alone is sampled";
  }
  return fmt::format(
      "whole CPUs need kernel.perf_event_paranoid=0 (it is {}) or CAP_PERFMON, processes of other users need "
      "CAP_PERFMON",
      *paranoid);
}

std::string explain_invalid(const abi::EventAttr& attr) {
  if (asks_vectors(attr)) return "this PMU refuses these registers";
  if (attr.aux_action != 0) return "aux-action needs Linux 6.13, and a group led by an AUX event that can pause";
  if ((attr.flags & abi::kAttrAuxOutput) != 0) return "the AUX event that leads its group takes no output of it";
  if (attr.aux_sample_size != 0) return "the AUX event that leads its group gives no bytes to samples";
  return "the kernel refuses this combination";
}

}  // namespace

std::string errno_name(int error_number) {
  constexpr std::array<std::pair<int, const char*>, 16> kNames = {{{EPERM, "EPERM"},
                                                                   {ENOENT, "ENOENT"},
                                                                   {ESRCH, "ESRCH"},
                                                                   {EDEADLK, "EDEADLK"},
                                                                   {E2BIG, "E2BIG"},
                                                                   {EAGAIN, "EAGAIN"},
                                                                   {ENOMEM, "ENOMEM"},
                                                                   {EACCES, "EACCES"},
                                                                   {EBUSY, "EBUSY"},
                                                                   {ENODEV, "ENODEV"},
                                                                   {EINVAL, "EINVAL"},
                                                                   {EMFILE, "EMFILE"},
                                                                   {ENOSPC, "ENOSPC"},
                                                                   {EOVERFLOW, "EOVERFLOW"},
                                                                   {ENOSYS, "ENOSYS"},
                                                                   {EOPNOTSUPP, "EOPNOTSUPP"}}};
  for (const auto& [number, name] : kNames) {
    if (number == error_number) return name;
  }
  return fmt::format("errno {}", error_number);
}

std::string explain_open_errno(int error_number, const abi::EventAttr& attr) {
  switch (error_number) {
    case EACCES:
    case EPERM: return explain_denied(attr);
    case E2BIG: return "this kernel is too old for these fields of perf_event_attr";
    case EOPNOTSUPP: return asks_vectors(attr) ? "this PMU takes no extended registers" : "this PMU cannot sample that";
    case EINVAL: return explain_invalid(attr);
    case ENOENT:
      return attr.type == abi::PERF_TYPE_HARDWARE || attr.type == abi::PERF_TYPE_HW_CACHE ||
                     attr.type == abi::PERF_TYPE_RAW
                 ? "no hardware counter here (no PMU, or a virtual machine without one)"
                 : "this kernel has no such event";
    case ENODEV: return "no such CPU, or a CPU without this PMU";
    case ENOSPC: return "no breakpoint register is free";
    case EBUSY: return "somebody else holds this PMU";
    case EMFILE: return "too many open files; raise ulimit -n";
    case ENOSYS: return "this kernel is built without perf events";
    case ESRCH: return "no such process or thread";
    default: return std::strerror(error_number);
  }
}

Error open_error(const OpenedEvent& opened, const abi::EventAttr& attr, std::string_view attempt) {
  Error error = fail_errno(opened.error_number, "").value();
  error.fact = fmt::format("{}: {} ({})", attempt, explain_open_errno(opened.error_number, attr),
                           errno_name(opened.error_number));
  return error;
}

}  // namespace simdprof
