#include "lib/capture/ptrace_threads.h"

#include <algorithm>
#include <utility>

#include "lib/capture/target_tasks.h"

namespace simdprof {

TracedThread& ThreadTable::adopt(Tid tid) {
  if (TracedThread* const known = find(tid)) return *known;
  TracedThread thread;
  thread.tid = tid;
  thread.pid = find_process_of(tid).value_or(tid);
  if (const TracedThread* const other = find_any_of(thread.pid)) {
    thread.guarded = other->guarded;
    thread.ignored_by_us = other->ignored_by_us;
  }
  return threads_.emplace(tid, std::move(thread)).first->second;
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

void ThreadTable::set_guard(Pid pid, bool guarded, bool ignored_by_us) {
  for (auto& [tid, thread] : threads_) {
    if (thread.pid != pid) continue;
    thread.guarded = guarded;
    thread.ignored_by_us = ignored_by_us;
  }
}

const TracedThread* ThreadTable::find_any_of(Pid pid) const {
  for (const auto& [tid, thread] : threads_) {
    if (thread.pid == pid) return &thread;
  }
  return nullptr;
}

bool ThreadTable::resends(Pid pid) const {
  return std::ranges::any_of(threads_,
                             [pid](const auto& entry) { return entry.second.pid == pid && entry.second.resent; });
}

Pid ThreadTable::next_process(Pid after) const {
  Pid lowest = 0;
  Pid next = 0;
  for (const auto& [tid, thread] : threads_) {
    if (lowest == 0 || thread.pid < lowest) lowest = thread.pid;
    if (thread.pid > after && (next == 0 || thread.pid < next)) next = thread.pid;
  }
  return next != 0 ? next : lowest;
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
