#include "lib/model/register_set.h"

#include "lib/abi/perf_event.h"
#include "lib/abi/xsave.h"

namespace simdprof {

std::string_view presence_name(Presence presence) {
  switch (presence) {
    case Presence::not_recorded: return "not recorded";
    case Presence::init: return "init";
    case Presence::untrusted: return "untrusted";
    case Presence::valid: return "valid";
  }
  return "unknown";
}

std::string_view origin_name(Origin origin) {
  switch (origin) {
    case Origin::none: return "none";
    case Origin::gpr: return "gpr";
    case Origin::pebs: return "pebs";
    case Origin::pmi_xsave: return "pmi-xsave";
    case Origin::xstate: return "xstate";
    case Origin::frame: return "frame";
    case Origin::regset: return "regset";
  }
  return "unknown";
}

std::string_view simd_width_name(SimdWidth width) {
  if (is_sve(width)) return "SVE";
  switch (width) {
    case SimdWidth::unknown: return "not recorded";
    case SimdWidth::none: return "none";
    case SimdWidth::xmm: return "XMM";
    case SimdWidth::ymm: return "YMM";
    case SimdWidth::zmm: return "ZMM";
    case SimdWidth::neon: return "NEON";
    case SimdWidth::sve: break;
  }
  return "unknown";
}

namespace {

constexpr std::uint64_t bit(unsigned component) { return std::uint64_t{1} << component; }
constexpr std::uint64_t kZmmState = bit(abi::kXsaveZmmHi256) | bit(abi::kXsaveHi16Zmm);

}  // namespace

void RegisterSet::clear() {
  // Whoever writes vectors says where they come from.
  if (has_vectors()) {
    const abi::Arch kept = arch;
    *this = RegisterSet{};
    arch = kept;
    return;
  }
  abi = 0;
  gpr_present = 0;
  gpr_origin = Origin::none;
}

void RegisterSets::clear() {
  user.clear();
  intr.clear();
  guest_dropped = image_expected = image_late = image_at_syscall_exit = image_ip_differs = false;
}

unsigned vector_count(const RegisterSet& set) {
  constexpr unsigned kOf32BitTasks = 8;
  if (!abi::is_x86(set.arch)) return static_cast<unsigned>(set.vector.size());
  const bool is_32_bit = (set.abi & abi::PERF_SAMPLE_REGS_ABI_32) != 0 ||
                         (set.abi == abi::PERF_SAMPLE_REGS_ABI_NONE && set.arch == abi::Arch::x86_32);
  return is_32_bit ? kOf32BitTasks : static_cast<unsigned>(set.vector.size());
}

SimdWidth widest_in_use(const RegisterSet& set) {
  if (set.vector_origin == Origin::regset) {
    if (set.arm64.predicates == Presence::valid) return static_cast<SimdWidth>(set.arm64.vector_bytes * 8);
    return set.arm64.low == Presence::valid ? SimdWidth::neon : SimdWidth::unknown;
  }
  if (!set.xstate_in_use) return SimdWidth::unknown;
  const std::uint64_t in_use = *set.xstate_in_use;
  if ((in_use & kZmmState) != 0) return SimdWidth::zmm;
  if ((in_use & bit(abi::kXsaveYmmHi128)) != 0) return SimdWidth::ymm;
  if ((in_use & bit(abi::kXsaveSse)) != 0) return SimdWidth::xmm;
  return SimdWidth::none;
}

std::optional<bool> dirty_upper(const RegisterSet& set) {
  if (!set.xstate_in_use) return std::nullopt;
  return (*set.xstate_in_use & (kZmmState | bit(abi::kXsaveYmmHi128))) != 0;
}

}  // namespace simdprof
