#include "lib/capture/synthesize.h"

#include <fmt/format.h>

#include <string>

#include "lib/abi/perf_event.h"
#include "lib/base/fd.h"
#include "lib/capture/target_tasks.h"
#include "lib/model/own_record.h"

namespace simdprof {
namespace {

constexpr std::size_t kMaxNameBytes = 4096;  // PATH_MAX

// The name, NUL-ended and padded to 8 bytes as the kernel does, then the trailer.
void finish_record(RecordBuilder& record, std::string_view name, const SampleIdTrailer& trailer, std::uint64_t time_ns,
                   RecordBatch& batch) {
  name = name.substr(0, kMaxNameBytes);
  if (!name.empty()) {
    record.text(name);
    for (std::size_t used = name.size() + 1; used % 8 != 0; ++used) record.u8(0);
  }
  record.i32(trailer.pid).i32(trailer.tid).u64(trailer.time_ns).u32(trailer.cpu).u32(0).u64(trailer.id);
  batch.add(record.finish(), time_ns);
}

std::string load_comm(Pid pid, Tid tid) {
  auto text = load_text(fmt::format("/proc/{}/task/{}/comm", pid, tid), 4096);
  if (!text) return {};
  while (!text->empty() && text->back() == '\n') text->pop_back();
  return *text;
}

}  // namespace

SampleIdTrailer Synthesizer::trailer(Pid pid, Tid tid) const { return {pid, tid, time_ns_, 0, event_id_}; }

void Synthesizer::add_comm(Pid pid, Tid tid, std::string_view comm) {
  RecordBuilder record(abi::PERF_RECORD_COMM);
  record.i32(pid).i32(tid);
  finish_record(record, comm, trailer(pid, tid), time_ns_, *batch_);
}

void Synthesizer::add_fork(Pid pid, Tid tid, Pid parent_pid, Tid parent_tid) {
  RecordBuilder record(abi::PERF_RECORD_FORK);
  record.i32(pid).i32(parent_pid).i32(tid).i32(parent_tid).u64(time_ns_);
  finish_record(record, {}, trailer(pid, tid), time_ns_, *batch_);
}

void Synthesizer::add_mapping(Pid pid, const ProcMapping& mapping) {
  RecordBuilder record(abi::PERF_RECORD_MMAP2, abi::PERF_RECORD_MISC_USER);
  record.i32(pid).i32(pid).u64(mapping.start).u64(mapping.end - mapping.start).u64(mapping.file_offset);
  record.u32(mapping.major).u32(mapping.minor).u64(mapping.inode).u64(0);
  record.u32(mapping.prot).u32(mapping.flags);
  finish_record(record, mapping.path.empty() ? "//anon" : mapping.path, trailer(pid, pid), time_ns_, *batch_);
}

void Synthesizer::add_kernel_mapping(const KernelMapping& mapping) {
  RecordBuilder record(abi::PERF_RECORD_MMAP, abi::PERF_RECORD_MISC_KERNEL);
  record.i32(-1).i32(0).u64(mapping.start).u64(mapping.length).u64(mapping.file_offset);
  finish_record(record, mapping.name, trailer(-1, 0), time_ns_, *batch_);
}

void Synthesizer::add_process(Pid pid) {
  for (const Tid tid : list_threads(pid)) {
    if (tid != pid) add_fork(pid, tid, pid, pid);
    const std::string comm = load_comm(pid, tid);
    if (!comm.empty()) add_comm(pid, tid, comm);
  }
  const auto text = load_text(fmt::format("/proc/{}/maps", pid));
  if (!text) return;
  for (const ProcMapping& mapping : parse_proc_maps(*text)) {
    if ((mapping.prot & kMappingExecute) != 0) add_mapping(pid, mapping);
  }
}

void Synthesizer::add_kernel() {
  for (const KernelMapping& mapping : load_kernel_mappings()) add_kernel_mapping(mapping);
}

}  // namespace simdprof
