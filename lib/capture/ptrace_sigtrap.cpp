#include "lib/capture/ptrace_sigtrap.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/syscall.h>

#include <array>

#include "lib/capture/ptrace_requests.h"
#include "lib/capture/ptrace_stop.h"

namespace simdprof {
namespace {

constexpr std::uint64_t kDefault = 0;  // SIG_DFL
constexpr std::uint64_t kIgnore = 1;   // SIG_IGN
// "SIMDPROF", without the bits of SIGKILL (8) and SIGSTOP (18), which the kernel takes out of every mask.
constexpr std::uint64_t kMark = 0x464f5250444d4953 & ~(1ULL << 8U | 1ULL << 18U);
constexpr std::size_t kMaskBytes = 8;

/// Whether a SIGTRAP waits that is no sample's. Other threads' own queues are not looked at: they are not stopped.
bool own_trap_waits(Tid tid) {
  for (const auto queue : {ptrace::SignalQueue::of_thread, ptrace::SignalQueue::of_process}) {
    for (const siginfo_t& info : ptrace::peek_pending(tid, queue)) {
      if (info.si_signo == SIGTRAP && !is_perf_trap(info, sigtrap_cookie())) return true;
    }
  }
  return false;
}

}  // namespace

/// struct sigaction as the kernels of x86-64 and arm64 have it.
struct SigtrapGuard::Action {
  std::uint64_t handler = kDefault;
  std::uint64_t flags = 0;
  std::uint64_t restorer = 0;
  std::uint64_t mask = 0;

  static constexpr std::size_t kWords = 4;
  [[nodiscard]] std::array<std::uint64_t, kWords> words() const { return {handler, flags, restorer, mask}; }
  [[nodiscard]] Disposition disposition() const {
    if (handler == kDefault) return Disposition::by_default;
    if (handler != kIgnore) return Disposition::own_handler;
    return mask == kMark ? Disposition::ours : Disposition::own_ignore;
  }
};

Result<SigtrapGuard::Action> SigtrapGuard::exchange(Tid tid, const Action* action, bool at_entry) {
  constexpr std::size_t kWords = Action::kWords;
  constexpr std::size_t kWordBytes = 8;
  const auto scratch = RemoteCaller::find_scratch(tid, 2 * kWords * kWordBytes);
  std::array<std::uint64_t, 2 * kWords> saved{};
  bool done = scratch.has_value();
  for (std::size_t i = 0; done && i < saved.size(); ++i) {
    const auto word = ptrace::load_word(tid, *scratch + i * kWordBytes);
    done = word.has_value();
    if (done) saved[i] = *word;
  }
  for (std::size_t i = 0; done && action != nullptr && i < kWords; ++i) {
    done = ptrace::store_word(tid, *scratch + i * kWordBytes, action->words()[i]);
  }
  if (!done) return fail(Errc::unsupported, fmt::format("no room on the stack of thread {}", tid));
  const VirtAddr old_at = *scratch + kWords * kWordBytes;
  const std::array<std::uint64_t, 4> arguments = {SIGTRAP, action == nullptr ? 0 : *scratch, at_entry ? 0 : old_at,
                                                  kMaskBytes};
  const auto value = at_entry ? remote_.call_at_entry(tid, SYS_rt_sigaction, arguments)
                              : remote_.call(tid, SYS_rt_sigaction, arguments);
  std::array<std::uint64_t, kWords> old{};
  for (std::size_t i = 0; i < kWords; ++i) old[i] = ptrace::load_word(tid, old_at + i * kWordBytes).value_or(0);
  for (std::size_t i = 0; i < saved.size(); ++i) ptrace::store_word(tid, *scratch + i * kWordBytes, saved[i]);
  if (!value) return fail(value.error());
  if (*value != 0) return fail_errno(static_cast<int>(-*value), fmt::format("rt_sigaction in thread {}", tid));
  return Action{old[0], old[1], old[2], old[3]};
}

Result<SigtrapGuard::Disposition> SigtrapGuard::load(Tid tid) {
  const auto now = exchange(tid, nullptr);
  if (!now) return fail(now.error());
  return now->disposition();
}

Result<SigtrapGuard::Disposition> SigtrapGuard::protect(Tid tid) {
  const auto before = load(tid);
  if (!before || *before != Disposition::by_default) return before;
  if (own_trap_waits(tid)) return Disposition::awaited;
  const Action ours{kIgnore, 0, 0, kMark};
  if (const auto set = exchange(tid, &ours); !set) return fail(set.error());
  return before;
}

Status SigtrapGuard::protect_new_program(Tid tid) {
  constexpr unsigned kTries = 4;
  const Action ours{kIgnore, 0, 0, kMark};
  for (unsigned tried = 1;; ++tried) {
    const auto set = exchange(tid, &ours, true);
    if (set) return {};
    // A signal came before the call; the thread is settled again.
    if (set.error().code != Errc::unsupported || tried == kTries) return fail(set.error());
  }
}

Status SigtrapGuard::restore(Tid tid) {
  const auto now = load(tid);
  if (!now) return fail(now.error());
  if (*now != Disposition::ours) return {};
  const Action by_default{};
  if (const auto set = exchange(tid, &by_default); !set) return fail(set.error());
  return {};
}

Status SigtrapGuard::drop_pending(Tid tid) {
  // POSIX: to ignore a signal discards those that are pending, in all threads of the process.
  const Action ignore{kIgnore, 0, 0, 0};
  const auto before = exchange(tid, &ignore);
  if (!before) return fail(before.error());
  if (const auto set = exchange(tid, &*before); !set) return fail(set.error());
  return {};
}

}  // namespace simdprof
