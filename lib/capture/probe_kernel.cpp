#include "lib/capture/probe_kernel.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "lib/abi/registers.h"
#include "lib/capture/attr_build.h"
#include "lib/capture/open_error.h"

namespace simdprof {
namespace {

// Whole sets only: the kernel refuses parts of them.
constexpr std::uint64_t kVectorMask16 = 0xffff;
constexpr std::uint64_t kVectorMask32 = 0xffffffff;  // ZMM16..31 exist at full width only
constexpr std::uint32_t kOpmaskMask = 0xff;

constexpr unsigned kXmmQwords = 2, kYmmQwords = 4, kZmmQwords = 8;

const char* width_name(unsigned qwords) {
  if (qwords == kZmmQwords) return "zmm";
  return qwords == kYmmQwords ? "ymm" : "xmm";
}

/// Tries one form after the other and keeps every answer.
class Prober {
 public:
  Prober(const abi::EventAttr& base, const ProbeTarget& target, const EventOpener& open)
      : base_(base), target_(target), open_(open) {}

  // @return the errno, 0 when the form is accepted
  int try_grant(const VectorGrant& grant, std::string what) {
    abi::EventAttr attr = base_;
    attr.flags |= abi::kAttrDisabled;
    apply_vector_grant(grant, attr);
    OpenedEvent opened = open_(attr, target_.pid, target_.cpu);
    if (opened.error_number == EINVAL) {  // PERF_FORMAT_LOST came with Linux 6.0
      attr.read_format &= ~std::uint64_t{abi::PERF_FORMAT_LOST};
      opened = open_(attr, target_.pid, target_.cpu);
    }
    const int error_number = opened.error_number;
    trials_.push_back(
        {std::move(what), error_number, error_number == 0 ? std::string{} : explain_open_errno(error_number, attr)});
    return error_number;
  }
  std::vector<VectorTrial> take_trials() { return std::move(trials_); }

 private:
  const abi::EventAttr& base_;
  const ProbeTarget& target_;
  const EventOpener& open_;
  std::vector<VectorTrial> trials_;
};

std::vector<unsigned> wanted_widths(const VectorPlan& wanted) {
  std::vector<unsigned> widths;
  if (wanted.zmm) widths.push_back(kZmmQwords);
  if (wanted.ymm) widths.push_back(kYmmQwords);
  if (wanted.xmm) widths.push_back(kXmmQwords);
  return widths;
}

// What the SIMD ABI gives to one set.
struct SetAnswer {
  unsigned widest = 0;  ///< qwords, 0: none
  bool opmask = false;
  bool kernel_too_old = false;
};

SetAnswer probe_simd_set(Prober& prober, const VectorPlan& wanted, bool user) {
  const char* const set = user ? "user" : "interrupt";
  SetAnswer answer;
  for (const unsigned qwords : wanted_widths(wanted)) {
    VectorGrant grant{VectorGrant::Abi::simd, user, !user, false, false, qwords, false, false};
    const int error = prober.try_grant(grant, fmt::format("SIMD ABI, {} set, {}", set, width_name(qwords)));
    answer.kernel_too_old = error == E2BIG;
    if (answer.kernel_too_old) return answer;
    if (error == 0) {
      answer.widest = qwords;
      break;  // narrower ones are part of it
    }
  }
  if (!wanted.opmask) return answer;
  const VectorGrant grant{VectorGrant::Abi::simd, false, false, user, !user, 0, false, false};
  const int error = prober.try_grant(grant, fmt::format("SIMD ABI, {} set, opmask", set));
  answer.kernel_too_old = error == E2BIG;
  answer.opmask = error == 0;
  return answer;
}

// One width serves both sets: the user set decides, the interrupt set joins when it has that width.
VectorGrant probe_simd(Prober& prober, const VectorPlan& wanted) {
  const SetAnswer user = probe_simd_set(prober, wanted, true);
  if (user.kernel_too_old) return {};
  const SetAnswer intr = probe_simd_set(prober, wanted, false);
  VectorGrant grant;
  grant.vector_qwords = user.widest != 0 ? user.widest : intr.widest;
  grant.user = user.widest != 0;
  grant.intr = intr.widest != 0 && intr.widest >= grant.vector_qwords;
  grant.user_opmask = user.opmask;
  grant.intr_opmask = intr.opmask;
  if (!grant.user && !grant.intr && !grant.user_opmask && !grant.intr_opmask) return {};
  grant.abi = VectorGrant::Abi::simd;
  if (prober.try_grant(grant, fmt::format("SIMD ABI, {}", render_vector_grant(grant))) == 0) return grant;
  grant.intr = grant.intr_opmask = false;  // both sets together can be too long for a record
  if (grant.user && prober.try_grant(grant, fmt::format("SIMD ABI, {}", render_vector_grant(grant))) == 0) return grant;
  return {};
}

VectorGrant probe_legacy(Prober& prober, const VectorPlan& wanted) {
  if (!wanted.xmm && !wanted.ymm && !wanted.zmm) return {};
  struct Rung {
    const char* what;
    VectorGrant grant;
  };
  constexpr auto kLegacy = VectorGrant::Abi::legacy;
  const std::array<Rung, 4> rungs = {{
      {"legacy XMM bits, both sets", {kLegacy, true, true, false, false, kXmmQwords, false, false}},
      {"legacy XMM bits, user set", {kLegacy, true, false, false, false, kXmmQwords, false, false}},
      {"legacy XMM bits, interrupt set", {kLegacy, false, true, false, false, kXmmQwords, false, false}},
      {"legacy XMM bits, interrupt set, precise user hits",
       {kLegacy, false, true, false, false, kXmmQwords, true, true}},
  }};
  for (const Rung& rung : rungs) {
    if (prober.try_grant(rung.grant, rung.what) == 0) return rung.grant;
  }
  return {};
}

std::string render_set(const char* name, bool vectors, bool opmask, unsigned qwords) {
  if (!vectors && !opmask) return {};
  std::string text = name;
  if (vectors) {
    text += " XMM";
    if (qwords >= kYmmQwords) text += " YMM";
    if (qwords >= kZmmQwords) text += " ZMM";
  }
  if (opmask) text += vectors ? " and opmask" : " opmask";
  return text;
}

}  // namespace

KernelProbe probe_kernel_vectors(const abi::EventAttr& base, const VectorPlan& wanted, const ProbeTarget& target,
                                 const EventOpener& open) {
  KernelProbe probe;
  Prober prober(base, target, open);
  probe.grant = probe_simd(prober, wanted);
  if (!probe.grant.user) {
    const VectorGrant legacy = probe_legacy(prober, wanted);
    if (legacy.user || probe.grant.abi == VectorGrant::Abi::none) probe.grant = legacy;
  }
  probe.trials = prober.take_trials();
  return probe;
}

void apply_vector_grant(const VectorGrant& grant, abi::EventAttr& attr) {
  if (grant.abi == VectorGrant::Abi::none) return;
  if (grant.user || grant.user_opmask) attr.sample_type |= abi::PERF_SAMPLE_REGS_USER;
  if (grant.intr || grant.intr_opmask) attr.sample_type |= abi::PERF_SAMPLE_REGS_INTR;
  if (grant.needs_precise) abi::set_precise_ip(attr, std::max(abi::precise_ip(attr), 1U));
  if (grant.excludes_kernel) attr.flags |= abi::kAttrExcludeKernel;
  if (grant.abi == VectorGrant::Abi::legacy) {
    if (grant.user) attr.sample_regs_user |= abi::kX86LegacyXmmMask;
    if (grant.intr) attr.sample_regs_intr |= abi::kX86LegacyXmmMask;
    return;
  }
  const std::uint64_t mask = grant.vector_qwords == kZmmQwords ? kVectorMask32 : kVectorMask16;
  attr.sample_simd_regs_enabled = 1;
  if (grant.user || grant.intr) attr.sample_simd_vec_reg_qwords = static_cast<std::uint16_t>(grant.vector_qwords);
  if (grant.user) attr.sample_simd_vec_reg_user = mask;
  if (grant.intr) attr.sample_simd_vec_reg_intr = mask;
  if (grant.user_opmask || grant.intr_opmask) attr.sample_simd_pred_reg_qwords = 1;
  if (grant.user_opmask) attr.sample_simd_pred_reg_user = kOpmaskMask;
  if (grant.intr_opmask) attr.sample_simd_pred_reg_intr = kOpmaskMask;
  attr.size = smallest_attr_size(attr);
}

std::string render_vector_grant(const VectorGrant& grant) {
  const std::string user = render_set("user", grant.user, grant.user_opmask, grant.vector_qwords);
  const std::string intr = render_set("interrupt", grant.intr, grant.intr_opmask, grant.vector_qwords);
  if (user.empty() && intr.empty()) return "no vector registers";
  if (user.empty() || intr.empty()) return user + intr;
  return fmt::format("{}, {}", user, intr);
}

}  // namespace simdprof
