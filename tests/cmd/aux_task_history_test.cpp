#include "cmd/aux_task_history.h"

#include <gtest/gtest.h>

namespace simdprof::cmd {
namespace {

Record with(RecordBody body, Pid pid, Tid tid) {
  Record record;
  record.body = body;
  record.sample_id.pid = pid;
  record.sample_id.tid = tid;
  return record;
}

Record switch_out(Pid pid, Tid tid, std::optional<Tid> next) {
  SwitchRecord change;
  change.out = true;
  change.next_prev_tid = next;
  if (next) change.next_prev_pid = *next;
  return with(change, pid, tid);
}

TEST(AuxTaskHistory, TellsWhoRanOnACpuFromSwitchesIn) {
  AuxTaskHistory tasks;
  tasks.observe(with(SwitchRecord{}, 10, 11), 2, 100);
  tasks.observe(with(SwitchRecord{}, 20, 21), 2, 200);
  EXPECT_EQ(tasks.on_cpu(2, 99).tid, -1);
  EXPECT_EQ(tasks.on_cpu(2, 100).tid, 11);
  EXPECT_EQ(tasks.on_cpu(2, 199).pid, 10);
  EXPECT_EQ(tasks.on_cpu(2, 200).tid, 21);
  EXPECT_EQ(tasks.on_cpu(1, 200).tid, -1);
}

TEST(AuxTaskHistory, ASwitchOutNamesTheNextWhenTheRecordDoes) {
  AuxTaskHistory tasks;
  tasks.observe(with(SwitchRecord{}, 10, 11), 0, 100);
  tasks.observe(switch_out(10, 11, 30), 0, 150);
  EXPECT_EQ(tasks.on_cpu(0, 160).tid, 30);
  tasks.observe(with(SwitchRecord{}, 10, 11), 0, 170);
  tasks.observe(switch_out(10, 11, std::nullopt), 0, 180);
  EXPECT_EQ(tasks.on_cpu(0, 190).tid, 11) << "nobody else was named";
}

TEST(AuxTaskHistory, TheStartOfATraceNamesItsTask) {
  AuxTaskHistory tasks;
  tasks.observe(with(ItraceStartRecord{5, 6}, 0, 0), 3, 50);
  EXPECT_EQ(tasks.on_cpu(3, 50).pid, 5);
  EXPECT_EQ(tasks.on_cpu(3, 50).tid, 6);
}

TEST(AuxTaskHistory, AuxRecordsAreAskedOnlyWhereNothingElseTells) {
  AuxTaskHistory tasks;
  tasks.observe(with(AuxRecord{}, 8, 9), 0, 500);
  EXPECT_EQ(tasks.on_cpu(0, 10).tid, 9) << "the bytes came before the record";
  tasks.observe(with(SwitchRecord{}, 1, 2), 0, 600);
  EXPECT_EQ(tasks.on_cpu(0, 510).tid, -1);
}

TEST(AuxTaskHistory, AThreadHasTheProcessThatARecordNamed) {
  AuxTaskHistory tasks;
  EXPECT_EQ(tasks.of_thread(44, 1).pid, -1);
  ForkRecord fork;
  fork.pid = 40;
  fork.tid = 44;
  tasks.observe(with(fork, 40, 40), 0, 100);
  EXPECT_EQ(tasks.of_thread(44, 1).pid, 40);
  EXPECT_EQ(tasks.of_thread(44, 200).tid, 44);
  fork.pid = 90;  // the number was given out again
  tasks.observe(with(fork, 90, 90), 0, 300);
  EXPECT_EQ(tasks.of_thread(44, 299).pid, 40);
  EXPECT_EQ(tasks.of_thread(44, 300).pid, 90);
}

}  // namespace
}  // namespace simdprof::cmd
