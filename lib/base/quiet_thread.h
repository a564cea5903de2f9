#pragma once

#include <pthread.h>
#include <signal.h>

#include <thread>
#include <utility>

namespace simdprof {

/// Starts a thread that takes no signals: they are for the threads that wait for them.
template <class Body>
std::thread start_without_signals(Body body) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread{std::move(body)};
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace simdprof
