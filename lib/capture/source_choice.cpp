#include "lib/capture/source_choice.h"

#include <fmt/format.h>

#include <cerrno>
#include <utility>

#include "lib/capture/open_error.h"

namespace simdprof {
namespace {

Errc code_of(int error_number) {
  return error_number == EACCES || error_number == EPERM ? Errc::permission : Errc::unsupported;
}

// The refusal that says most: of the newest form that the kernel knows.
const VectorTrial& telling_refusal(const KernelProbe& probe) {
  for (const VectorTrial& trial : probe.trials) {
    if (trial.error_number != E2BIG) return trial;
  }
  return probe.trials.front();
}

std::string why_not(const KernelProbe& probe) {
  if (probe.trials.empty()) return "samples have a place for those of x86 alone";
  const VectorTrial& refusal = telling_refusal(probe);
  return fmt::format("{} ({})", refusal.meaning, errno_name(refusal.error_number));
}

/// Tries sources in turn and keeps what each of them answered.
class Chooser {
 public:
  Chooser(const CapturePlan& plan, const ProbeTarget& target, const StopFacts& facts, const EventOpener& open)
      : plan_(plan), target_(target), facts_(facts), open_(open) {}

  Result<SourceChoice> choose(SourceWish wish) {
    switch (wish) {
      case SourceWish::gpr: return take_gpr("as asked");
      case SourceWish::kernel: return force_kernel();
      case SourceWish::ptrace: return force_stops();
      case SourceWish::automatic:
      case SourceWish::rings: break;
    }
    if (!wants_vectors()) return take_gpr("no vector registers are asked for");
    const KernelProbe kernel = probe_kernel();
    if (kernel.grant.user) return take_kernel(kernel.grant);
    if (wish == SourceWish::rings) {
      if (kernel.grant.abi != VectorGrant::Abi::none) return take_kernel(kernel.grant);
      return take_gpr(fmt::format("vector registers are missing; kernel: {}", why_not(kernel)));
    }
    const StopProbe stops = probe_stops_here();
    if (stops.error_number == 0) return take_stops();
    if (kernel.grant.abi != VectorGrant::Abi::none) return take_kernel(kernel.grant);
    return take_gpr(
        fmt::format("vector registers are missing; kernel: {}; ptrace: {}", why_not(kernel), stops.explanation));
  }

 private:
  [[nodiscard]] bool wants_vectors() const {
    const VectorPlan& wanted = plan_.vectors;
    const bool x86 = wanted.xmm || wanted.ymm || wanted.zmm || wanted.opmask;
    return x86 || (wanted.neon && facts_.arm64.neon) || (wanted.sve && facts_.arm64.sve);
  }

  KernelProbe probe_kernel() {
    KernelProbe probe = probe_kernel_vectors(plan_.events.front().attr, plan_.vectors, target_, open_);
    for (const VectorTrial& trial : probe.trials) {
      const bool accepted = trial.error_number == 0;
      if (accepted) continue;  // the taken source is written last, once
      choice_.attempts.push_back(
          {SourceKind::kernel, trial.error_number, fmt::format("{}: {}", trial.what, trial.meaning)});
    }
    return probe;
  }

  StopProbe probe_stops_here() {
    StopProbe probe = probe_stops(plan_.events.front(), plan_.target, facts_, open_);
    if (probe.error_number != 0) {
      choice_.attempts.push_back({SourceKind::ptrace, probe.error_number, probe.explanation});
    }
    return probe;
  }

  SourceChoice take(SourceKind source, std::string explanation, std::string_view missing) {
    choice_.source = source;
    choice_.line = fmt::format("source {}: {}", source_name(source), explanation);
    if (!missing.empty()) choice_.line += fmt::format("; {}", missing);
    choice_.attempts.push_back({source, 0, std::move(explanation)});
    return std::move(choice_);
  }

  SourceChoice take_gpr(std::string_view why) { return take(SourceKind::gpr, "general registers only", why); }

  SourceChoice take_kernel(const VectorGrant& grant) {
    choice_.grant = grant;
    std::string missing;
    if (!grant.user) missing = "no user set of its own";
    if (grant.excludes_kernel) missing = "precise user hits only, their interrupt set is the user's";
    return take(SourceKind::kernel, fmt::format("{} in each sample", render_vector_grant(grant)), missing);
  }

  SourceChoice take_stops() {
    return take(SourceKind::ptrace,
                fmt::format("user {} from a stop at each sample", render_image_classes(facts_, plan_.vectors)),
                "no interrupt vectors");
  }

  Result<SourceChoice> force_kernel() {
    const KernelProbe probe = probe_kernel();
    if (probe.grant.abi != VectorGrant::Abi::none) return take_kernel(probe.grant);
    if (probe.trials.empty()) return fail(Errc::usage, "source kernel without vector registers is source gpr");
    const VectorTrial& refusal = telling_refusal(probe);
    return fail(code_of(refusal.error_number), fmt::format("source kernel: {} ({}); try --source=ptrace",
                                                           refusal.meaning, errno_name(refusal.error_number)));
  }

  Result<SourceChoice> force_stops() {
    const StopProbe probe = probe_stops_here();
    if (probe.error_number == 0) return take_stops();
    return fail(code_of(probe.error_number),
                fmt::format("source ptrace: {} ({})", probe.explanation, errno_name(probe.error_number)));
  }

  const CapturePlan& plan_;
  const ProbeTarget& target_;
  const StopFacts& facts_;
  const EventOpener& open_;
  SourceChoice choice_;
};

}  // namespace

Result<SourceChoice> choose_source(SourceWish wish, const CapturePlan& plan, const ProbeTarget& target,
                                   const StopFacts& facts, const EventOpener& open) {
  return Chooser(plan, target, facts, open).choose(wish);
}

}  // namespace simdprof
