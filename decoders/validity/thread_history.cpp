#include "decoders/validity/thread_history.h"

#include <algorithm>

namespace simdprof {

void ThreadHistory::add_block(const VectorBlock& block, bool user_mode, VirtAddr ip) {
  if (user_mode) last_user_block = block;
  if (blocks.size() == kBlocks) blocks.erase(blocks.begin());
  blocks.push_back({block, user_mode, ip});
}

ThreadHistory& ThreadHistories::at(Tid tid, std::uint64_t sample_number, const Close& close) {
  if (last_ == nullptr || last_tid_ != tid) {
    if (threads_.size() >= kMaxThreads && threads_.find(tid) == threads_.end()) drop_older_half(close);
    last_ = &threads_[tid];
    last_tid_ = tid;
  }
  last_->last_used = sample_number;
  return *last_;
}

ThreadHistory* ThreadHistories::find(Tid tid) {
  const auto found = threads_.find(tid);
  return found == threads_.end() ? nullptr : &found->second;
}

void ThreadHistories::remove(Tid tid, const Close& close) {
  const auto found = threads_.find(tid);
  if (found == threads_.end()) return;
  close(found->second);
  threads_.erase(found);
  last_ = nullptr;
}

void ThreadHistories::drop_older_half(const Close& close) {
  std::vector<std::pair<std::uint64_t, Tid>> by_age;
  by_age.reserve(threads_.size());
  for (const auto& [tid, thread] : threads_) by_age.emplace_back(thread.last_used, tid);
  std::sort(by_age.begin(), by_age.end());
  by_age.resize(by_age.size() / 2);
  for (const auto& [age, tid] : by_age) remove(tid, close);
}

void ThreadHistories::close_all(const Close& close) {
  std::vector<Tid> tids;
  tids.reserve(threads_.size());
  for (const auto& [tid, thread] : threads_) tids.push_back(tid);
  std::sort(tids.begin(), tids.end());
  for (const Tid tid : tids) close(threads_[tid]);
  threads_.clear();
  last_ = nullptr;
}

}  // namespace simdprof
