#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "lib/base/units.h"
#include "lib/model/aux_trace.h"
#include "lib/model/record.h"

namespace simdprof::cmd {

/// Which task a CPU ran, and which process a thread belongs to, over time: from context switches and the starts of
/// traces, and where a recording has neither, from what its AUX records were made in.
class AuxTaskHistory {
 public:
  /// Records in time order. `cpu` is the record's, -1 where nothing tells it.
  void observe(const Record& record, std::int32_t cpu, std::uint64_t time_ns);

  /// -1 before the first task that is known.
  [[nodiscard]] AuxPrograms::Task on_cpu(std::int32_t cpu, std::uint64_t time_ns) const;
  /// The thread with its process; pid -1 where no record names it.
  [[nodiscard]] AuxPrograms::Task of_thread(Tid tid, std::uint64_t time_ns) const;

 private:
  struct Run {
    std::uint64_t from_ns = 0;
    AuxPrograms::Task task;
  };
  struct Cpu {
    std::vector<Run> runs;   ///< ascending
    std::vector<Run> hints;  ///< tasks in which AUX records were made; asked when there are no runs
  };

  void note_thread(Pid pid, Tid tid, std::uint64_t time_ns);
  static void note_run(std::vector<Run>& runs, AuxPrograms::Task task, std::uint64_t time_ns);
  static AuxPrograms::Task find(const std::vector<Run>& runs, std::uint64_t time_ns);

  std::map<std::int32_t, Cpu> cpus_;
  std::unordered_map<Tid, std::vector<Run>> threads_;
};

}  // namespace simdprof::cmd
