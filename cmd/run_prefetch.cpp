#include "cmd/run_prefetch.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "lib/base/check.h"

namespace simdprof::cmd {
namespace {

constexpr unsigned kMaxWorkers = 16;
constexpr std::size_t kRunsPerWorker = 2;
/// Fewer runs than this are loaded sooner than threads start.
constexpr std::size_t kFewRuns = 3;
/// Workers are as much nicer than the reader: it is alone with the order of time, and must not wait for a core while
/// they load ahead.
constexpr int kNicer = 5;

}  // namespace

RunPrefetch::RunPrefetch(std::vector<std::size_t> order, Load load) : order_(std::move(order)), load_(std::move(load)) {
  if (order_.size() <= kFewRuns) return;
  const std::size_t workers =
      std::min<std::size_t>({std::max(1U, std::thread::hardware_concurrency()), kMaxWorkers, order_.size()});
  slots_.resize(kRunsPerWorker * workers);
  for (std::size_t i = 0; i < workers; ++i) workers_.emplace_back([this] { work(); });
}

RunPrefetch::~RunPrefetch() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  room_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void RunPrefetch::work() {
  // On Linux a thread has a nice value of its own. Where that is refused, all are alike.
  (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), ::getpriority(PRIO_PROCESS, 0) + kNicer);
  std::unique_lock lock{mutex_};
  for (;;) {
    room_.wait(lock, [&] { return stopping_ || next_started_ < std::min(order_.size(), next_taken_ + slots_.size()); });
    if (stopping_) return;
    const std::size_t place = next_started_++;
    lock.unlock();
    RunLoad load = load_(order_[place]);
    lock.lock();
    slots_[place % slots_.size()] = std::move(load);
    loaded_.notify_one();
    if (next_started_ == order_.size()) return;
  }
}

RunLoad RunPrefetch::take() {
  SIMDPROF_ASSERT(next_taken_ < order_.size());
  if (workers_.empty()) return load_(order_[next_taken_++]);
  std::unique_lock lock{mutex_};
  std::optional<RunLoad>& slot = slots_[next_taken_ % slots_.size()];
  loaded_.wait(lock, [&] { return slot.has_value(); });
  RunLoad load = std::move(*slot);
  slot.reset();
  ++next_taken_;
  lock.unlock();
  room_.notify_one();
  return load;
}

}  // namespace simdprof::cmd
