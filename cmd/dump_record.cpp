#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "cmd/dump_text.h"
#include "cmd/field_text.h"
#include "lib/model/ledger.h"

namespace simdprof::cmd {
namespace {

template <class... Args>
void put(TextBuffer& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

void put_text(TextBuffer& out, std::string_view name, std::string_view value) {
  put(out, " {}=", name);
  append_json_string(out, value);
}
void put_bytes(TextBuffer& out, std::string_view name, std::span<const std::byte> bytes) {
  put(out, " {}=", name);
  append_bytes_hex(out, bytes);
}
void put_words(TextBuffer& out, std::string_view name, const WordView& words) {
  put(out, " {}=", name);
  append_words(out, words);
}
void put_time(TextBuffer& out, std::string_view name, std::uint64_t time_ns) {
  if (time_ns != kNoTime) put(out, " {}={}", name, time_ns);
}

/// Writes the fields of each kind of record.
struct FieldWriter {
  TextBuffer& out;

  void operator()(const Sample& r) {
    put(out, " event={} mode={} ip={:#x} pid={} tid={} cpu={} period={}", r.event, cpu_mode_name(r.mode), r.ip, r.pid,
        r.tid, r.cpu, r.period);
    if (r.has(abi::PERF_SAMPLE_CALLCHAIN)) put(out, " callchain={}", r.callchain.size());
    if (r.has(abi::PERF_SAMPLE_REGS_USER)) put_block("regs_user", r.regs_user);
    if (r.has(abi::PERF_SAMPLE_REGS_INTR)) put_block("regs_intr", r.regs_intr);
    if (r.has(abi::PERF_SAMPLE_STACK_USER)) put(out, " stack_user_bytes={}", r.stack_user.size());
  }
  void put_block(std::string_view name, const RegisterBlock& block) {
    put(out, " {}_abi={} {}_words={}", name, block.abi, name, block.words.size() + block.simd.size());
  }
  void operator()(const MmapRecord& r) {
    put(out, " pid={} tid={} start={:#x} length={:#x} file_offset={:#x} prot={:#x} flags={:#x}", r.pid, r.tid, r.start,
        r.length, r.file_offset, r.prot, r.flags);
    if (r.build_id.empty()) {
      put(out, " dev={:x}:{:x} inode={} generation={}", r.major, r.minor, r.inode, r.inode_generation);
    } else {
      put_bytes(out, "build_id", r.build_id);
    }
    put(out, "{}{}", r.kernel ? " kernel" : "", r.data ? " data" : "");
    put_text(out, "path", r.path);
  }
  void operator()(const CommRecord& r) {
    put(out, " pid={} tid={}{}", r.pid, r.tid, r.exec ? " exec" : "");
    put_text(out, "comm", r.comm);
  }
  void operator()(const TaskRecord& r) {
    put(out, " pid={} parent_pid={} tid={} parent_tid={} time_ns={}", r.pid, r.parent_pid, r.tid, r.parent_tid,
        r.time_ns);
  }
  void operator()(const LostRecord& r) { put(out, " id={} lost={}", r.id, r.lost); }
  void operator()(const LostSamplesRecord& r) { put(out, " lost={}", r.lost); }
  void operator()(const ThrottleRecord& r) { put(out, " time_ns={} id={} stream_id={}", r.time_ns, r.id, r.stream_id); }
  void operator()(const SwitchRecord& r) {
    put(out, " {}{}", r.out ? "out" : "in", r.preempted ? " preempted" : "");
    if (r.next_prev_pid) put(out, " next_prev_pid={} next_prev_tid={}", *r.next_prev_pid, r.next_prev_tid.value_or(0));
  }
  void operator()(const ReadRecord& r) {
    put(out, " pid={} tid={} time_enabled_ns={} time_running_ns={}", r.pid, r.tid, r.values.time_enabled_ns,
        r.values.time_running_ns);
    for (const ReadValue& value : r.values.values)
      put(out, " value={} id={} lost={}", value.value, value.id, value.lost);
  }
  void operator()(const AuxRecord& r) {
    put(out, " aux_offset={:#x} aux_bytes={} flags={:#x}", r.aux_offset, r.aux_bytes, r.flags);
  }
  void operator()(const ItraceStartRecord& r) { put(out, " pid={} tid={}", r.pid, r.tid); }
  void operator()(const AuxOutputHwIdRecord& r) { put(out, " hw_id={:#x}", r.hw_id); }
  void operator()(const NamespacesRecord& r) {
    put(out, " pid={} tid={}", r.pid, r.tid);
    put_words(out, "dev_inode", r.links);
  }
  void operator()(const KsymbolRecord& r) {
    put(out, " address={:#x} length={} type={} flags={:#x}", r.address, r.length, r.type, r.flags);
    put_text(out, "name", r.name);
  }
  void operator()(const BpfEventRecord& r) { put(out, " type={} flags={:#x} id={}", r.type, r.flags, r.id); }
  void operator()(const CgroupRecord& r) {
    put(out, " id={}", r.id);
    put_text(out, "path", r.path);
  }
  void operator()(const TextPokeRecord& r) {
    put(out, " address={:#x}", r.address);
    put_bytes(out, "old", r.old_bytes);
    put_bytes(out, "new", r.new_bytes);
  }
  void operator()(const DeferredCallchainRecord& r) {
    put(out, " cookie={:#x}", r.cookie);
    put_words(out, "addresses", r.addresses);
  }
  void operator()(const StreamRecord& r) {
    put(out, " version={} stream={} kind={} cpu={} tid={} records={} bytes={}", r.start.version, r.start.stream,
        static_cast<unsigned>(r.start.info.kind), r.start.info.cpu, r.start.info.tid, r.start.record_count,
        r.start.record_bytes);
    put_time(out, "first_time_ns", r.start.first_time_ns);
    put_time(out, "last_time_ns", r.start.last_time_ns);
  }
  void operator()(const EventDescRecord& r) {
    put(out, " event={} type={} config={:#x} sample_type={:#x} flags={:#x}", r.event, r.attr.type, r.attr.config,
        r.attr.sample_type, r.attr.flags);
    put_text(out, "name", r.name);
  }
  void operator()(const EventIdRecord& r) { put(out, " event={} cpu={} tid={} id={}", r.event, r.cpu, r.tid, r.id); }
  void operator()(const HostFactRecord& r) {
    put_text(out, "key", r.key);
    put_text(out, "value", r.value);
  }
  void operator()(const XsaveTableRecord& r) {
    put(out, " xcr0={:#x} max_bytes={}", r.table->xcr0_mask, r.table->max_bytes);
    for (std::size_t i = 0; i < r.table->components.size(); ++i) {
      const auto& component = r.table->components[i];
      if (component.size != 0) put(out, " {}={}+{}", i, component.offset, component.size);
    }
  }
  void operator()(const RegisterImageRecord& r) {
    const RegisterImage& image = r.image;
    put(out, " pid={} tid={} window_start_ns={} time_ns={} ip={:#x} syscall={} format={} flags={:#x}", image.pid,
        image.tid, image.window_start_ns, image.time_ns, image.ip, image.syscall, image.format, image.flags);
    put(out, " available={:#x} in_use={:#x} stored={:#x} mxcsr={:#x} bytes={}", image.available, image.in_use,
        image.stored, image.mxcsr, image.data.size());
  }
  void operator()(const LossRecord& r) {
    put_text(out, "cause", loss_cause_name(r.cause));
    put(out, " cpu={} tid={} count={}", r.cpu, r.tid, r.count);
    put_time(out, "time_ns", r.time_ns);
  }
  void operator()(const BuildIdRecord& r) {
    put_bytes(out, "id", r.id);
    put_text(out, "path", r.path);
  }
  void operator()(const SourceRecord& r) {
    put(out, " source={} errno={}", source_name(r.kind), r.error_number);
    put_text(out, "explanation", r.explanation);
  }
  void operator()(const EndRecord& r) {
    put(out, " start_ns={} end_ns={} wait_status={}", r.start_ns, r.end_ns, r.wait_status);
  }
  void operator()(const AuxtraceInfoRecord& r) {
    put(out, " decoder={}", r.type);
    put_words(out, "words", r.words);
  }
  void operator()(const AuxtraceRecord& r) {
    put(out, " offset={:#x} reference={:#x} index={} tid={} cpu={} bytes={}", r.piece.offset, r.piece.reference,
        r.piece.index, r.piece.tid, r.piece.cpu, r.piece.data.size());
  }
  void operator()(const TracepointInfoRecord& r) {
    put(out, " kind={}", r.info.kind == TracepointInfo::kFormat ? "format" : "kernel-texts");
    put_text(out, "system", r.info.system);
    put_text(out, "text", r.info.text);
  }
};

void put_sample_id(TextBuffer& out, const SampleId& id) {
  if (id.tid) put(out, " by_pid={} by_tid={}", id.pid.value_or(0), *id.tid);
  if (id.cpu) put(out, " by_cpu={}", *id.cpu);
  if (id.id) put(out, " by_id={}", *id.id);
}

}  // namespace

void dump_record(TextBuffer& out, const Record& record) {
  if (record.time_ns == kNoTime) {
    append_text(out, "-");
  } else {
    append_seconds(out, record.time_ns, 9);
  }
  put(out, " {:#x} stream={} {}", record.offset, record.stream, record_name(record.type));
  std::visit(FieldWriter{out}, record.body);
  put_sample_id(out, record.sample_id);
  out.push_back('\n');
}

}  // namespace simdprof::cmd
