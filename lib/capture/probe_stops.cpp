#include "lib/capture/probe_stops.h"

#include <fmt/format.h>

#include <cerrno>
#include <charconv>

#include "lib/base/fd.h"
#include "lib/capture/open_error.h"

namespace simdprof {
namespace {

constexpr unsigned kCapSysPtrace = 19;

bool has_capability(unsigned capability) {
  const auto status = load_text("/proc/self/status", 65536);
  if (!status) return false;
  constexpr std::string_view kKey = "\nCapEff:\t";
  const std::size_t at = status->find(kKey);
  if (at == std::string::npos) return false;
  std::uint64_t effective = 0;
  std::from_chars(status->data() + at + kKey.size(), status->data() + status->size(), effective, 16);
  return ((effective >> capability) & 1U) != 0;
}

// Yama: 0 as the uids allow, 1 own descendants only, 2 with CAP_SYS_PTRACE only, 3 nobody.
std::optional<StopProbe> find_yama_refusal(const TargetSpec& target, const StopFacts& facts) {
  const std::int64_t scope = facts.yama_scope.value_or(0);
  const bool running = target.command.empty();
  if (scope >= 3) return StopProbe{EPERM, "kernel.yama.ptrace_scope is 3: no ptrace until the next boot"};
  if (facts.may_ptrace_any) return std::nullopt;
  if (scope == 2) return StopProbe{EPERM, "kernel.yama.ptrace_scope is 2: needs CAP_SYS_PTRACE, or set it to 1"};
  if (scope == 1 && running) {
    return StopProbe{EPERM, "kernel.yama.ptrace_scope is 1: -p and -t need CAP_SYS_PTRACE, or set it to 0"};
  }
  return std::nullopt;
}

}  // namespace

StopFacts load_stop_facts(const KernelLimits& limits) {
  return {limits.yama_scope, has_capability(kCapSysPtrace), abi::probe_xsave_table()};
}

StopProbe probe_stops(const abi::EventAttr& base, const TargetSpec& target, const StopFacts& facts,
                      const EventOpener& open) {
  if (target.system_wide || !target.cpus.empty()) {
    return {EINVAL, "whole CPUs (-a, -C) cannot be stopped; record a command, -p or -t"};
  }
  if (!facts.xsave.has(abi::kXsaveSse)) return {ENODEV, "this CPU has no XSAVE image to read"};
  if (auto refusal = find_yama_refusal(target, facts)) return *refusal;
  abi::EventAttr attr = base;
  attr.flags |= abi::kAttrDisabled | abi::kAttrSigtrap | abi::kAttrRemoveOnExec;
  attr.flags &= ~std::uint64_t{abi::kAttrEnableOnExec};
  attr.read_format = 0;
  const OpenedEvent opened = open(attr, 0, -1);
  if (opened.error_number == EINVAL || opened.error_number == E2BIG) {
    return {opened.error_number, "this kernel has no SIGTRAP events; Linux 5.13 brought them"};
  }
  if (opened.error_number != 0) return {opened.error_number, explain_open_errno(opened.error_number, attr)};
  return {0, fmt::format("user {} at stops", render_image_classes(facts.xsave, VectorPlan{}))};
}

std::string render_image_classes(const abi::XsaveTable& xsave, const VectorPlan& wanted) {
  std::string text;
  const auto add = [&](bool there, const char* name) {
    if (there) text += text.empty() ? name : fmt::format(" {}", name);
  };
  add(wanted.xmm && xsave.has(abi::kXsaveSse), "XMM");
  add(wanted.ymm && xsave.has(abi::kXsaveYmmHi128), "YMM");
  add(wanted.zmm && xsave.has(abi::kXsaveZmmHi256), "ZMM");
  add(wanted.opmask && xsave.has(abi::kXsaveOpmask), "opmask");
  return text.empty() ? "no vector registers" : text;
}

}  // namespace simdprof
