#include "lib/capture/ptrace_threads.h"

#include <algorithm>

#include "lib/capture/target_tasks.h"

namespace simdprof {

TracedThread& ThreadTable::adopt(Tid tid) {
  const auto [entry, is_new] = threads_.try_emplace(tid);
  if (is_new) {
    entry->second.tid = tid;
    entry->second.pid = find_process_of(tid).value_or(tid);
  }
  return entry->second;
}

TracedThread* ThreadTable::find(Tid tid) {
  const auto found = threads_.find(tid);
  return found == threads_.end() ? nullptr : &found->second;
}

std::vector<Tid> ThreadTable::erase_others(Pid pid, Tid survivor) {
  std::vector<Tid> gone;
  for (const auto& [tid, thread] : threads_) {
    if (thread.pid == pid && tid != survivor) gone.push_back(tid);
  }
  for (const Tid tid : gone) threads_.erase(tid);
  return gone;
}

void ThreadTable::set_guarded(Pid pid) {
  for (auto& [tid, thread] : threads_) {
    if (thread.pid == pid) thread.guarded = true;
  }
}

std::vector<Tid> ThreadTable::tids() const {
  std::vector<Tid> tids;
  tids.reserve(threads_.size());
  for (const auto& [tid, thread] : threads_) tids.push_back(tid);
  std::sort(tids.begin(), tids.end());
  return tids;
}

std::vector<TracedEvents::SharedSet> ThreadTable::event_sets() const {
  std::vector<TracedEvents::SharedSet> sets;
  for (const auto& [tid, thread] : threads_) {
    if (thread.events != nullptr) sets.push_back(thread.events);
  }
  std::sort(sets.begin(), sets.end());
  sets.erase(std::unique(sets.begin(), sets.end()), sets.end());
  return sets;
}

}  // namespace simdprof
