#pragma once

#include <cstdint>
#include <string_view>

#include "lib/base/units.h"
#include "lib/capture/kernel_maps.h"
#include "lib/capture/proc_maps.h"
#include "lib/capture/record_batch.h"
#include "lib/capture/record_time.h"

namespace simdprof {

/// Makes the records that the kernel would have written had the events run earlier: names, threads and executable
/// mappings of processes that are there already, the kernel and its modules. Each ends with the trailer that the base
/// sample type implies.
class Synthesizer {
 public:
  /// @param time_ns   time of all records: the start of the recording
  /// @param event_id  id in the trailer: that of an event of the recording
  Synthesizer(RecordBatch& batch, std::uint64_t time_ns, std::uint64_t event_id)
      : batch_(&batch), time_ns_(time_ns), event_id_(event_id) {}

  /// COMM and FORK of every thread, MMAP2 of every executable mapping, from /proc. A process that is gone, or that we
  /// may not look at, gives what could be read.
  void add_process(Pid pid);
  /// MMAP of the kernel image and of its modules, where the addresses are shown to us.
  void add_kernel();

  void add_comm(Pid pid, Tid tid, std::string_view comm);
  void add_fork(Pid pid, Tid tid, Pid parent_pid, Tid parent_tid);
  void add_mapping(Pid pid, const ProcMapping& mapping);
  void add_kernel_mapping(const KernelMapping& mapping);

 private:
  [[nodiscard]] SampleIdTrailer trailer(Pid pid, Tid tid) const;

  RecordBatch* batch_;
  std::uint64_t time_ns_;
  std::uint64_t event_id_;
};

}  // namespace simdprof
