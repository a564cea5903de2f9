#include "lib/perfdata/event_name.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace simdprof::perfdata {
namespace {

constexpr std::array<std::string_view, 10> kHardware = {
    "cycles",        "instructions", "cache-references",        "cache-misses",           "branches",
    "branch-misses", "bus-cycles",   "stalled-cycles-frontend", "stalled-cycles-backend", "ref-cycles"};
constexpr std::array<std::string_view, 12> kSoftware = {
    "cpu-clock",        "task-clock",   "page-faults",  "context-switches",
    "cpu-migrations",   "minor-faults", "major-faults", "alignment-faults",
    "emulation-faults", "dummy",        "bpf-output",   "cgroup-switches"};
constexpr std::array<std::string_view, 7> kCaches = {"L1-dcache", "L1-icache", "LLC", "dTLB", "iTLB", "branch", "node"};
constexpr std::array<std::string_view, 3> kOperations = {"load", "store", "prefetch"};
constexpr std::array<std::string_view, 3> kOperationsAll = {"loads", "stores", "prefetches"};

/// The modifiers that the attr's flags amount to, with their colon.
std::string modifiers(const abi::EventAttr& attr) {
  const auto set = [&](std::uint64_t flag) { return (attr.flags & flag) != 0; };
  std::string text;
  bool guest_default = false;
  if (set(abi::kAttrExcludeKernel) || set(abi::kAttrExcludeUser) || set(abi::kAttrExcludeHv)) {
    if (!set(abi::kAttrExcludeKernel)) text += 'k';
    if (!set(abi::kAttrExcludeUser)) text += 'u';
    if (!set(abi::kAttrExcludeHv)) text += 'h';
    guest_default = true;
  }
  if (const unsigned precise = abi::precise_ip(attr); precise != 0) {
    text.append(precise, 'p');
    guest_default = true;
  }
  if (set(abi::kAttrExcludeHost) || set(abi::kAttrExcludeGuest) == guest_default) {
    if (!set(abi::kAttrExcludeHost)) text += 'H';
    if (!set(abi::kAttrExcludeGuest)) text += 'G';
  }
  return text.empty() ? text : ":" + text;
}

std::string cache_name(std::uint64_t config) {
  const std::uint64_t cache = config & 0xff, operation = (config >> 8U) & 0xff, result = (config >> 16U) & 0xff;
  if (cache >= kCaches.size() || operation >= kOperations.size() || result > 1) return "invalid-cache";
  const std::string name{kCaches[cache]};
  return result == 1 ? fmt::format("{}-{}-misses", name, kOperations[operation])
                     : fmt::format("{}-{}", name, kOperationsAll[operation]);
}

std::string breakpoint_name(const abi::EventAttr& attr) {
  std::string access;
  if ((attr.bp_type & 1U) != 0) access += 'r';
  if ((attr.bp_type & 2U) != 0) access += 'w';
  if ((attr.bp_type & 4U) != 0) access += 'x';
  return fmt::format("mem:{:#x}:{}", attr.config1_or_bp_addr, access);
}

}  // namespace

std::string default_event_name(const abi::EventAttr& attr) {
  // The upper half of a hardware event's config names the PMU of a hybrid machine.
  const std::uint64_t number = attr.config & 0xffffffff;
  switch (attr.type) {
    case abi::PERF_TYPE_HARDWARE:
      return (number < kHardware.size() ? std::string(kHardware[number]) : "unknown-hardware") + modifiers(attr);
    case abi::PERF_TYPE_SOFTWARE:
      return (attr.config < kSoftware.size() ? std::string(kSoftware[attr.config]) : "unknown-software") +
             modifiers(attr);
    case abi::PERF_TYPE_TRACEPOINT: return fmt::format("tracepoint {}", attr.config);
    case abi::PERF_TYPE_HW_CACHE: return cache_name(number) + modifiers(attr);
    case abi::PERF_TYPE_RAW: return fmt::format("raw {:#x}", attr.config) + modifiers(attr);
    case abi::PERF_TYPE_BREAKPOINT: return breakpoint_name(attr) + modifiers(attr);
    default: return fmt::format("type {} config {:#x}", attr.type, attr.config) + modifiers(attr);
  }
}

}  // namespace simdprof::perfdata
