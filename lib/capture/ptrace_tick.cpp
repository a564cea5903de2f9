#include "lib/capture/ptrace_tick.h"

#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace simdprof {
namespace {

volatile sig_atomic_t tick_came = 0;

extern "C" void note_tick(int /*signal*/) { tick_came = 1; }

int tick_signal() { return SIGRTMAX - 2; }

struct sigaction silence_child_stops() {
  struct sigaction before {};
  ::sigaction(SIGCHLD, nullptr, &before);
  struct sigaction silent = before;
  silent.sa_flags |= SA_NOCLDSTOP;
  ::sigaction(SIGCHLD, &silent, nullptr);
  return before;
}

}  // namespace

Result<Tick> Tick::start(std::chrono::milliseconds period) {
  struct sigaction action {};
  action.sa_handler = note_tick;  // no SA_RESTART: the wait has to end
  ::sigaction(tick_signal(), &action, nullptr);
  sigset_t others;
  sigfillset(&others);
  sigdelset(&others, tick_signal());
  ::pthread_sigmask(SIG_SETMASK, &others, nullptr);

  sigevent to_us{};
  to_us.sigev_notify = SIGEV_THREAD_ID;
  to_us.sigev_signo = tick_signal();
  to_us._sigev_un._tid = static_cast<pid_t>(::syscall(SYS_gettid));  // this glibc has no name for the field
  timer_t timer{};
  if (::timer_create(CLOCK_MONOTONIC, &to_us, &timer) != 0) return fail_errno(errno, "cannot make a timer");
  Tick tick(timer, silence_child_stops());
  itimerspec times{};
  times.it_interval.tv_sec = static_cast<time_t>(period.count() / 1000);
  times.it_interval.tv_nsec = static_cast<long>(period.count() % 1000) * 1'000'000;
  times.it_value = times.it_interval;
  if (::timer_settime(timer, 0, &times, nullptr) != 0) return fail_errno(errno, "cannot start a timer");
  return tick;
}

Tick::Tick(Tick&& other) noexcept
    : timer_(other.timer_), child_action_(other.child_action_), running_(std::exchange(other.running_, false)) {}

Tick::~Tick() {
  if (!running_) return;
  ::timer_delete(timer_);
  ::sigaction(SIGCHLD, &child_action_, nullptr);
}

bool Tick::take() {
  const bool came = tick_came != 0;
  tick_came = 0;
  return came;
}

}  // namespace simdprof
