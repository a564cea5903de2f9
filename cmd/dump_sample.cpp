#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "cmd/dump_text.h"
#include "cmd/field_text.h"
#include "decoders/record/sample_fields.h"

namespace simdprof::cmd {
namespace {

template <class... Args>
void put(TextBuffer& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

void put_read(TextBuffer& out, const ReadValues& read) {
  put(out, "enabled_ns={} running_ns={}", read.time_enabled_ns, read.time_running_ns);
  for (const ReadValue& value : read.values) put(out, " value={} id={} lost={}", value.value, value.id, value.lost);
}

void put_branches(TextBuffer& out, const BranchStack& branches) {
  put(out, "{} hw_index={}", branches.size(), branches.hw_index);
  for (std::size_t i = 0; i < branches.size(); ++i) {
    put(out, " {:#x}->{:#x}/{:#x}", branches.from(i), branches.to(i), branches.flags(i));
  }
  if (branches.counters.empty()) return;
  append_text(out, " counters=");
  append_words(out, branches.counters);
}

void put_registers(TextBuffer& out, const RegisterBlock& block) {
  put(out, "abi={} mask={:#x} ", block.abi, block.mask);
  append_words(out, block.words);
  if ((block.abi & abi::PERF_SAMPLE_REGS_ABI_SIMD) == 0) return;
  put(out, " vectors={}x{} predicates={}x{}{} ", block.nr_vectors, block.vector_qwords, block.nr_pred,
      block.pred_qwords, block.packed_counts ? " packed" : "");
  append_words(out, block.simd);
}

/// The value of one field, named by its bits in the table of fields.
void put_value(TextBuffer& out, const Sample& s, std::uint64_t bits) {
  switch (bits) {
    case abi::PERF_SAMPLE_IDENTIFIER:
    case abi::PERF_SAMPLE_ID: return put(out, "{}", s.id);
    case abi::PERF_SAMPLE_IP: return put(out, "{:#x}", s.ip);
    case abi::PERF_SAMPLE_TID: return put(out, "{}/{}", s.pid, s.tid);
    case abi::PERF_SAMPLE_TIME: return append_seconds(out, s.time_ns, 9);
    case abi::PERF_SAMPLE_ADDR: return put(out, "{:#x}", s.addr);
    case abi::PERF_SAMPLE_STREAM_ID: return put(out, "{}", s.stream_id);
    case abi::PERF_SAMPLE_CPU: return put(out, "{}", s.cpu);
    case abi::PERF_SAMPLE_PERIOD: return put(out, "{}", s.period);
    case abi::PERF_SAMPLE_READ: return put_read(out, s.read);
    case abi::PERF_SAMPLE_CALLCHAIN: return append_words(out, s.callchain);
    case abi::PERF_SAMPLE_RAW: return append_bytes_hex(out, s.raw);
    case abi::PERF_SAMPLE_BRANCH_STACK: return put_branches(out, s.branches);
    case abi::PERF_SAMPLE_REGS_USER: return put_registers(out, s.regs_user);
    case abi::PERF_SAMPLE_STACK_USER: return append_bytes_hex(out, s.stack_user);
    case abi::PERF_SAMPLE_DATA_SRC: return put(out, "{:#x}", s.data_src);
    case abi::PERF_SAMPLE_TRANSACTION: return put(out, "{:#x}", s.transaction);
    case abi::PERF_SAMPLE_REGS_INTR: return put_registers(out, s.regs_intr);
    case abi::PERF_SAMPLE_PHYS_ADDR: return put(out, "{:#x}", s.phys_addr);
    case abi::PERF_SAMPLE_CGROUP: return put(out, "{}", s.cgroup);
    case abi::PERF_SAMPLE_DATA_PAGE_SIZE: return put(out, "{}", s.data_page_size);
    case abi::PERF_SAMPLE_CODE_PAGE_SIZE: return put(out, "{}", s.code_page_size);
    case abi::PERF_SAMPLE_AUX: return append_bytes_hex(out, s.aux);
    default: return put(out, "{:#x}", s.weight);  // the two weight bits share one word
  }
}

}  // namespace

void dump_sample(TextBuffer& out, const Record& record, const Sample& sample, const EventTable& events) {
  put(out, "sample {:#x} stream={} event={} ", record.offset, record.stream, sample.event);
  append_json_string(out, sample.event < events.events.size() ? events.events[sample.event].name : "");
  put(out, " mode={} misc={:#x}\n", cpu_mode_name(sample.mode), sample.misc);
  for (const SampleField& field : sample_fields()) {
    if (!sample.has(field.bits)) continue;
    put(out, "  {:<16} ", field.name);
    put_value(out, sample, field.bits);
    out.push_back('\n');
  }
  out.push_back('\n');
}

}  // namespace simdprof::cmd
