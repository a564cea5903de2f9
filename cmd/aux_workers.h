#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace simdprof::cmd {

/// Threads, one a core, that do what they are given in its order. What is not begun at the end is dropped.
class AuxWorkers {
 public:
  AuxWorkers();
  AuxWorkers(const AuxWorkers&) = delete;
  AuxWorkers& operator=(const AuxWorkers&) = delete;
  ~AuxWorkers();

  void add(std::function<void()> work);
  [[nodiscard]] std::size_t threads() const { return threads_.size(); }

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable added_;
  std::deque<std::function<void()>> work_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace simdprof::cmd
