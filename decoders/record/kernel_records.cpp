#include "decoders/record/kernel_records.h"

#include <algorithm>
#include <array>

#include "decoders/record/read_values.h"
#include "decoders/record/take_words.h"

namespace simdprof {
namespace {

/// A name and the NULs that pad it to 8 bytes. What follows is the trailer, so the end is found by the first NUL.
std::string_view read_name(Cursor& in) {
  Cursor ahead = in;
  const auto rest = ahead.take(ahead.remaining());
  const auto nul = std::find(rest.begin(), rest.end(), std::byte{0});
  if (nul == rest.end()) {
    in.latch();
    return {};
  }
  const auto length = static_cast<std::size_t>(nul - rest.begin());
  return in.padded_text(std::min((length + 8) / 8 * 8, rest.size()));
}

MmapRecord read_mapping(BodyReader& r) {
  MmapRecord map;
  map.pid = r.in.i32();
  map.tid = r.in.i32();
  map.start = r.in.u64();
  map.length = r.in.u64();
  map.file_offset = r.in.u64();
  map.kernel = (r.misc & abi::PERF_RECORD_MISC_CPUMODE_MASK) == abi::PERF_RECORD_MISC_KERNEL;
  map.data = (r.misc & abi::PERF_RECORD_MISC_MMAP_DATA) != 0;
  return map;
}

void read_mmap(BodyReader& r) {
  MmapRecord map = read_mapping(r);
  map.path = read_name(r.in);
  r.out = map;
}

void read_mmap2(BodyReader& r) {
  MmapRecord map = read_mapping(r);
  if ((r.misc & abi::PERF_RECORD_MISC_MMAP_BUILD_ID) != 0) {
    const std::size_t size = r.in.u8();
    r.in.skip(3);
    const auto id = r.in.take(20);
    if (size > id.size() && !r.in.failed()) r.refused = "build id longer than 20 bytes";
    map.build_id = id.first(std::min(size, id.size()));
  } else {
    map.major = r.in.u32();
    map.minor = r.in.u32();
    map.inode = r.in.u64();
    map.inode_generation = r.in.u64();
  }
  map.prot = r.in.u32();
  map.flags = r.in.u32();
  map.path = read_name(r.in);
  r.out = map;
}

void read_comm(BodyReader& r) {
  CommRecord comm;
  comm.pid = r.in.i32();
  comm.tid = r.in.i32();
  comm.exec = (r.misc & abi::PERF_RECORD_MISC_COMM_EXEC) != 0;
  comm.comm = read_name(r.in);
  r.out = comm;
}

template <class Task>
void read_task(BodyReader& r) {
  Task task;
  task.pid = r.in.i32();
  task.parent_pid = r.in.i32();
  task.tid = r.in.i32();
  task.parent_tid = r.in.i32();
  task.time_ns = r.in.u64();
  r.out = task;
}

void read_lost(BodyReader& r) {
  LostRecord lost;
  lost.id = r.in.u64();
  lost.lost = r.in.u64();
  r.out = lost;
}

template <bool throttled>
void read_throttle(BodyReader& r) {
  ThrottleRecord throttle;
  throttle.throttled = throttled;
  throttle.time_ns = r.in.u64();
  throttle.id = r.in.u64();
  throttle.stream_id = r.in.u64();
  r.out = throttle;
}

void read_counter(BodyReader& r) {
  ReadRecord record;
  record.pid = r.in.i32();
  record.tid = r.in.i32();
  if ((r.read_format & ~kKnownReadFormat) != 0) {
    r.refused = "read_format has bits that are not known";
    return;
  }
  record.values = decode_read_values(r.in, r.read_format);
  r.out = std::move(record);
}

void read_aux(BodyReader& r) {
  AuxRecord aux;
  aux.aux_offset = r.in.u64();
  aux.aux_bytes = r.in.u64();
  aux.flags = r.in.u64();
  r.out = aux;
}

void read_itrace_start(BodyReader& r) {
  ItraceStartRecord start;
  start.pid = r.in.i32();
  start.tid = r.in.i32();
  r.out = start;
}

void read_lost_samples(BodyReader& r) { r.out = LostSamplesRecord{r.in.u64()}; }

SwitchRecord switch_of(const BodyReader& r) {
  SwitchRecord record;
  record.out = (r.misc & abi::PERF_RECORD_MISC_SWITCH_OUT) != 0;
  record.preempted = record.out && (r.misc & abi::PERF_RECORD_MISC_SWITCH_OUT_PREEMPT) != 0;
  return record;
}

void read_switch(BodyReader& r) { r.out = switch_of(r); }

void read_switch_cpu_wide(BodyReader& r) {
  SwitchRecord record = switch_of(r);
  record.next_prev_pid = r.in.i32();
  record.next_prev_tid = r.in.i32();
  r.out = record;
}

void read_namespaces(BodyReader& r) {
  NamespacesRecord record;
  record.pid = r.in.i32();
  record.tid = r.in.i32();
  const std::uint64_t count = r.in.u64();
  record.links = take_words(r.in, count, 2);
  r.out = record;
}

void read_ksymbol(BodyReader& r) {
  KsymbolRecord symbol;
  symbol.address = r.in.u64();
  symbol.length = r.in.u32();
  symbol.type = r.in.u16();
  symbol.flags = r.in.u16();
  symbol.name = read_name(r.in);
  r.out = symbol;
}

void read_bpf_event(BodyReader& r) {
  BpfEventRecord event;
  event.type = r.in.u16();
  event.flags = r.in.u16();
  event.id = r.in.u32();
  r.in.skip(8);  // the program's tag
  r.out = event;
}

void read_cgroup(BodyReader& r) {
  CgroupRecord cgroup;
  cgroup.id = r.in.u64();
  cgroup.path = read_name(r.in);
  r.out = cgroup;
}

void read_text_poke(BodyReader& r) {
  TextPokeRecord poke;
  poke.address = r.in.u64();
  const std::size_t old_bytes = r.in.u16();
  const std::size_t new_bytes = r.in.u16();
  poke.old_bytes = r.in.take(old_bytes);
  poke.new_bytes = r.in.take(new_bytes);
  const std::size_t used = 12 + old_bytes + new_bytes;
  r.in.skip((8 - used % 8) % 8);
  r.out = poke;
}

void read_aux_output_hw_id(BodyReader& r) { r.out = AuxOutputHwIdRecord{r.in.u64()}; }

void read_callchain_deferred(BodyReader& r) {
  DeferredCallchainRecord chain;
  chain.cookie = r.in.u64();
  const std::uint64_t count = r.in.u64();
  chain.addresses = take_words(r.in, count);
  r.out = chain;
}

constexpr std::array kReaders = {
    RecordReader{abi::PERF_RECORD_MMAP, read_mmap},
    RecordReader{abi::PERF_RECORD_LOST, read_lost},
    RecordReader{abi::PERF_RECORD_COMM, read_comm},
    RecordReader{abi::PERF_RECORD_EXIT, read_task<ExitRecord>},
    RecordReader{abi::PERF_RECORD_THROTTLE, read_throttle<true>},
    RecordReader{abi::PERF_RECORD_UNTHROTTLE, read_throttle<false>},
    RecordReader{abi::PERF_RECORD_FORK, read_task<ForkRecord>},
    RecordReader{abi::PERF_RECORD_READ, read_counter},
    RecordReader{abi::PERF_RECORD_MMAP2, read_mmap2},
    RecordReader{abi::PERF_RECORD_AUX, read_aux},
    RecordReader{abi::PERF_RECORD_ITRACE_START, read_itrace_start},
    RecordReader{abi::PERF_RECORD_LOST_SAMPLES, read_lost_samples},
    RecordReader{abi::PERF_RECORD_SWITCH, read_switch},
    RecordReader{abi::PERF_RECORD_SWITCH_CPU_WIDE, read_switch_cpu_wide},
    RecordReader{abi::PERF_RECORD_NAMESPACES, read_namespaces},
    RecordReader{abi::PERF_RECORD_KSYMBOL, read_ksymbol},
    RecordReader{abi::PERF_RECORD_BPF_EVENT, read_bpf_event},
    RecordReader{abi::PERF_RECORD_CGROUP, read_cgroup},
    RecordReader{abi::PERF_RECORD_TEXT_POKE, read_text_poke},
    RecordReader{abi::PERF_RECORD_AUX_OUTPUT_HW_ID, read_aux_output_hw_id},
    RecordReader{abi::PERF_RECORD_CALLCHAIN_DEFERRED, read_callchain_deferred},
};

}  // namespace

bool read_by_type(std::span<const RecordReader> readers, std::uint32_t type, BodyReader& reader) {
  const auto found = std::find_if(readers.begin(), readers.end(), [&](const auto& one) { return one.type == type; });
  if (found == readers.end()) return false;
  found->read(reader);
  return true;
}

bool read_kernel_record(std::uint32_t type, BodyReader& reader) { return read_by_type(kReaders, type, reader); }

}  // namespace simdprof
