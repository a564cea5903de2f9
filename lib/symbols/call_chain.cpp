#include "lib/symbols/call_chain.h"

#include <algorithm>
#include <optional>

#include "lib/symbols/cfi_unwinder.h"
#include "lib/symbols/resolver_state.h"

namespace simdprof {
namespace {

/// CPU mode of what follows a marker; empty when `entry` is no marker we know.
std::optional<CpuMode> mode_after(std::uint64_t entry) {
  switch (entry) {
    case abi::PERF_CONTEXT_KERNEL: return CpuMode::kernel;
    case abi::PERF_CONTEXT_USER: return CpuMode::user;
    case abi::PERF_CONTEXT_HV: return CpuMode::hypervisor;
    case abi::PERF_CONTEXT_GUEST:
    case abi::PERF_CONTEXT_GUEST_KERNEL: return CpuMode::guest_kernel;
    case abi::PERF_CONTEXT_GUEST_USER: return CpuMode::guest_user;
    default: return std::nullopt;
  }
}

/// The kernel's chain without its markers. After each marker comes where that context was interrupted; all others are
/// return addresses.
void read_recorded(const Sample& sample, std::vector<CallFrame>& out) {
  CpuMode mode = sample.mode;
  bool exact = true;
  for (std::size_t i = 0; i < sample.callchain.size(); ++i) {
    const std::uint64_t entry = sample.callchain[i];
    if (entry < abi::PERF_CONTEXT_MAX) {
      out.push_back({exact || entry == 0 ? entry : entry - 1, entry, mode});
      exact = false;
      continue;
    }
    // A cookie follows, not an address: the user part comes in a record of its own.
    if (entry == abi::PERF_CONTEXT_USER_DEFERRED) ++i;
    if (const auto next = mode_after(entry)) mode = *next;
    exact = true;
  }
}

}  // namespace

struct Unwinder::State {
  explicit State(Resolver::State& shared) : resolver(shared), cfi(shared) {}

  Resolver::State& resolver;
  CfiUnwinder cfi;
  std::vector<CallFrame> user;  ///< of the sample in hand; kept for its memory
};

Unwinder::Unwinder(Resolver& resolver) : state_(std::make_unique<State>(*resolver.state_)) {}
Unwinder::Unwinder(Unwinder&&) noexcept = default;
Unwinder& Unwinder::operator=(Unwinder&&) noexcept = default;
Unwinder::~Unwinder() = default;

void Unwinder::unwind(const AddressSpaces& spaces, const Sample& sample, std::vector<CallFrame>& out) {
  out.clear();
  if (sample.guest()) {
    out.push_back({sample.ip, sample.ip, sample.mode});
    return;
  }
  if (sample.has(abi::PERF_SAMPLE_CALLCHAIN)) read_recorded(sample, out);
  if (sample.has(abi::PERF_SAMPLE_STACK_USER) && sample.has(abi::PERF_SAMPLE_REGS_USER) && !sample.stack_user.empty()) {
    const auto start = user_registers(sample.regs_user, state_->resolver.options.arch);
    state_->user.clear();
    if (start) state_->cfi.unwind(spaces, sample.pid, *start, sample.stack_user, state_->user);
    const auto is_user = [](const CallFrame& frame) { return frame.mode == CpuMode::user; };
    const auto recorded = std::count_if(out.begin(), out.end(), is_user);
    if (static_cast<std::size_t>(recorded) < state_->user.size()) {
      std::erase_if(out, is_user);
      if (out.empty() && sample.mode == CpuMode::kernel) out.push_back({sample.ip, sample.ip, sample.mode});
      out.insert(out.end(), state_->user.begin(), state_->user.end());
    }
  }
  if (out.empty()) out.push_back({sample.ip, sample.ip, sample.mode});
}

}  // namespace simdprof
