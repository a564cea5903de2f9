#include "lib/capture/ptrace_sigtrap.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <vector>

#include "lib/capture/proc_thread.h"
#include "lib/capture/ptrace_requests.h"
#include "lib/capture/ptrace_stop.h"

namespace simdprof {
namespace {

constexpr std::uint64_t kDefault = 0;  // SIG_DFL
constexpr std::uint64_t kIgnore = 1;   // SIG_IGN
// "SIMDPROF", without the bits of SIGKILL (8) and SIGSTOP (18), which the kernel takes out of every mask.
constexpr std::uint64_t kMark = 0x464f5250444d4953 & ~(1ULL << 8U | 1ULL << 18U);
constexpr std::size_t kMaskBytes = 8;

/// Whether a SIGTRAP waits that is no sample's. Samples' are never in the process's queue, and other threads' own
/// queues are not looked at: they are not stopped.
bool own_trap_waits(Tid tid) {
  const auto status = load_thread_status(tid);
  if (!status) return false;
  if ((status->pending_process & ThreadStatus::bit(SIGTRAP)) != 0) return true;
  if ((status->pending & ThreadStatus::bit(SIGTRAP)) == 0) return false;
  for (const siginfo_t& info : ptrace::peek_pending(tid)) {
    if (info.si_signo == SIGTRAP) return !is_perf_trap(info, sigtrap_cookie());
  }
  return true;  // behind more than the kernel shows
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

Result<std::int64_t> SigtrapGuard::call(Tid tid, long number, Arguments arguments, std::span<std::uint64_t> words,
                                        bool at_entry) {
  constexpr std::size_t kWordBytes = 8;
  const auto scratch = RemoteCaller::find_scratch(tid, words.size() * kWordBytes);
  std::vector<std::uint64_t> saved(words.size());
  bool done = scratch.has_value();
  for (std::size_t i = 0; done && i < words.size(); ++i) {
    const auto word = ptrace::load_word(tid, *scratch + i * kWordBytes);
    done = word && ptrace::store_word(tid, *scratch + i * kWordBytes, words[i]);
    saved[i] = word.value_or(0);
  }
  if (!done) return fail(Errc::unsupported, fmt::format("no room on the stack of thread {}", tid));
  std::array<std::uint64_t, 4> values{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = arguments[i].is_word ? *scratch + arguments[i].value * kWordBytes : arguments[i].value;
  }
  auto value = at_entry ? remote_.call_at_entry(tid, number, values) : remote_.call(tid, number, values);
  if (!value && value.error().code == Errc::not_found) return value;  // this may be another program's memory now
  for (std::size_t i = 0; i < words.size(); ++i) {
    words[i] = ptrace::load_word(tid, *scratch + i * kWordBytes).value_or(0);
    ptrace::store_word(tid, *scratch + i * kWordBytes, saved[i]);
  }
  return value;
}

Result<SigtrapGuard::Action> SigtrapGuard::exchange(Tid tid, const Action* action, bool at_entry) {
  constexpr std::size_t kWords = Action::kWords;
  std::array<std::uint64_t, 2 * kWords> words{};
  if (action != nullptr) std::ranges::copy(action->words(), words.begin());
  const Argument now{0, action != nullptr};
  const Argument old{at_entry ? 0 : kWords, !at_entry};
  const auto value = call(tid, SYS_rt_sigaction, {{{SIGTRAP}, now, old, {kMaskBytes}}}, words, at_entry);
  if (!value) return fail(value.error());
  if (*value != 0) return fail_errno(static_cast<int>(-*value), fmt::format("rt_sigaction in thread {}", tid));
  return Action{words[kWords], words[kWords + 1], words[kWords + 2], words[kWords + 3]};
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

Result<SigtrapGuard::Disposition> SigtrapGuard::protect_new_program(Tid tid) {
  constexpr unsigned kTries = 4;
  const bool awaited = own_trap_waits(tid);
  const Action action = awaited ? Action{} : Action{kIgnore, 0, 0, kMark};
  // A signal may come before the call; the thread is settled again then. Where one comes each time, they are held back.
  for (unsigned tried = 1;; ++tried) {
    const auto set = exchange(tid, &action, tried < kTries);
    if (set) return awaited ? Disposition::awaited : Disposition::ours;
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

Status SigtrapGuard::drop_sample(Tid tid) {
  // The thread's own queue comes before its process's, and holds one SIGTRAP at most. No time is waited.
  std::array<std::uint64_t, 3> words{ThreadStatus::bit(SIGTRAP), 0, 0};
  const auto value = call(tid, SYS_rt_sigtimedwait, {{{0, true}, {}, {1, true}, {kMaskBytes}}}, words, false);
  if (!value) return fail(value.error());
  if (*value < 0) return fail_errno(static_cast<int>(-*value), fmt::format("rt_sigtimedwait in thread {}", tid));
  return {};
}

}  // namespace simdprof
