#include "cmd/aux_task_history.h"

#include <algorithm>
#include <variant>

namespace simdprof::cmd {

void AuxTaskHistory::note_run(std::vector<Run>& runs, AuxPrograms::Task task, std::uint64_t time_ns) {
  if (!runs.empty() && runs.back().task.pid == task.pid && runs.back().task.tid == task.tid) return;
  // Records of one CPU come in time order; one that was written late counts from when it was read.
  const std::uint64_t from_ns = runs.empty() ? time_ns : std::max(time_ns, runs.back().from_ns);
  runs.push_back({from_ns, task});
}

AuxPrograms::Task AuxTaskHistory::find(const std::vector<Run>& runs, std::uint64_t time_ns) {
  const auto after =
      std::partition_point(runs.begin(), runs.end(), [time_ns](const Run& run) { return run.from_ns <= time_ns; });
  return after == runs.begin() ? AuxPrograms::Task{} : std::prev(after)->task;
}

void AuxTaskHistory::note_thread(Pid pid, Tid tid, std::uint64_t time_ns) {
  if (pid < 0 || tid < 0) return;
  std::vector<Run>& runs = threads_[tid];
  note_run(runs, {pid, tid}, runs.empty() ? 0 : time_ns);
}

void AuxTaskHistory::observe(const Record& record, std::int32_t cpu, std::uint64_t time_ns) {
  if (const auto* comm = std::get_if<CommRecord>(&record.body)) note_thread(comm->pid, comm->tid, time_ns);
  if (const auto* fork = std::get_if<ForkRecord>(&record.body)) note_thread(fork->pid, fork->tid, time_ns);
  if (const auto* mmap = std::get_if<MmapRecord>(&record.body)) note_thread(mmap->pid, mmap->tid, time_ns);
  const AuxPrograms::Task own{record.sample_id.pid.value_or(-1), record.sample_id.tid.value_or(-1)};
  if (const auto* start = std::get_if<ItraceStartRecord>(&record.body)) {
    note_thread(start->pid, start->tid, time_ns);
    if (cpu >= 0) note_run(cpus_[cpu].runs, {start->pid, start->tid}, time_ns);
  } else if (const auto* change = std::get_if<SwitchRecord>(&record.body)) {
    note_thread(own.pid, own.tid, time_ns);
    if (cpu < 0) return;
    if (!change->out) {
      if (own.tid >= 0) note_run(cpus_[cpu].runs, own, time_ns);
    } else if (change->next_prev_tid) {
      note_run(cpus_[cpu].runs, {change->next_prev_pid.value_or(-1), *change->next_prev_tid}, time_ns);
    }
  } else if (std::holds_alternative<AuxRecord>(record.body) && cpu >= 0 && own.tid >= 0) {
    note_run(cpus_[cpu].hints, own, cpus_[cpu].hints.empty() ? 0 : time_ns);
  }
}

AuxPrograms::Task AuxTaskHistory::on_cpu(std::int32_t cpu, std::uint64_t time_ns) const {
  const auto found = cpus_.find(cpu);
  if (found == cpus_.end()) return {};
  const Cpu& history = found->second;
  return find(history.runs.empty() ? history.hints : history.runs, time_ns);
}

AuxPrograms::Task AuxTaskHistory::of_thread(Tid tid, std::uint64_t time_ns) const {
  const auto found = threads_.find(tid);
  if (found == threads_.end()) return {-1, tid};
  return find(found->second, time_ns);
}

}  // namespace simdprof::cmd
