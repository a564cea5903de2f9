#include "cmd/aux_workers.h"

#include <algorithm>
#include <utility>

namespace simdprof::cmd {
namespace {

constexpr unsigned kMostThreads = 16;

}  // namespace

AuxWorkers::AuxWorkers() {
  const unsigned count = std::clamp(std::thread::hardware_concurrency(), 1U, kMostThreads);
  for (unsigned i = 0; i < count; ++i) threads_.emplace_back([this] { run(); });
}

AuxWorkers::~AuxWorkers() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  added_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void AuxWorkers::add(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    work_.push_back(std::move(work));
  }
  added_.notify_one();
}

void AuxWorkers::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    added_.wait(lock, [this] { return stopping_ || !work_.empty(); });
    if (stopping_) return;
    const std::function<void()> work = std::move(work_.front());
    work_.pop_front();
    lock.unlock();
    work();
    lock.lock();
  }
}

}  // namespace simdprof::cmd
