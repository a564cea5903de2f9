#include "decoders/record/sample_fields.h"

#include <array>
#include <utility>

#include "decoders/record/read_values.h"
#include "decoders/record/register_block.h"
#include "decoders/record/take_words.h"

namespace simdprof {
namespace {

void read_id(SampleReader& r) { r.out.id = r.in.u64(); }
void read_ip(SampleReader& r) { r.out.ip = r.in.u64(); }
void read_tid(SampleReader& r) {
  r.out.pid = r.in.i32();
  r.out.tid = r.in.i32();
}
void read_time(SampleReader& r) { r.out.time_ns = r.in.u64(); }
void read_addr(SampleReader& r) { r.out.addr = r.in.u64(); }
void read_stream_id(SampleReader& r) { r.out.stream_id = r.in.u64(); }
void read_cpu(SampleReader& r) {
  r.out.cpu = r.in.u32();
  r.in.skip(4);  // reserved
}
void read_period(SampleReader& r) { r.out.period = r.in.u64(); }

void read_counters(SampleReader& r) {
  if ((r.attr.read_format & ~kKnownReadFormat) != 0) {
    r.refused = "read_format has bits that are not known";
    r.refused_code = Errc::unsupported;
    return;
  }
  r.out.read = decode_read_values(r.in, r.attr.read_format);
}

void read_callchain(SampleReader& r) {
  const std::uint64_t count = r.in.u64();
  r.out.callchain = take_words(r.in, count);
}

void read_raw(SampleReader& r) {
  const std::uint32_t size = r.in.u32();
  r.out.raw = r.in.take(size);  // the kernel's size includes the padding to 8
}

void read_branch_stack(SampleReader& r) {
  const std::uint64_t count = r.in.u64();
  BranchStack& branches = r.out.branches;
  branches.hw_index = (r.attr.branch_sample_type & abi::PERF_SAMPLE_BRANCH_HW_INDEX) != 0 ? r.in.u64() : 0;
  branches.entries = take_words(r.in, count, 3);
  const bool counted = (r.attr.branch_sample_type & abi::PERF_SAMPLE_BRANCH_COUNTERS) != 0;
  branches.counters = counted ? take_words(r.in, count) : WordView{};
}

void read_regs_user(SampleReader& r) { read_register_block(r, r.attr.sample_regs_user, r.out.regs_user); }
void read_regs_intr(SampleReader& r) { read_register_block(r, r.attr.sample_regs_intr, r.out.regs_intr); }

void read_stack_user(SampleReader& r) {
  const std::uint64_t size = r.in.u64();
  r.out.stack_user = {};
  if (size == 0) return;  // kernel thread, or no room in the record: no dyn_size follows
  const auto bytes = r.in.take(size);
  const std::uint64_t valid = r.in.u64();
  if (valid > bytes.size()) {
    if (!r.in.failed()) r.refused = "more valid bytes than were recorded";
    return;
  }
  r.out.stack_user = bytes.first(static_cast<std::size_t>(valid));
}

void read_weight(SampleReader& r) { r.out.weight = r.in.u64(); }
void read_data_src(SampleReader& r) { r.out.data_src = r.in.u64(); }
void read_transaction(SampleReader& r) { r.out.transaction = r.in.u64(); }
void read_phys_addr(SampleReader& r) { r.out.phys_addr = r.in.u64(); }
void read_cgroup(SampleReader& r) { r.out.cgroup = r.in.u64(); }
void read_data_page_size(SampleReader& r) { r.out.data_page_size = r.in.u64(); }
void read_code_page_size(SampleReader& r) { r.out.code_page_size = r.in.u64(); }

void read_aux(SampleReader& r) {
  const std::uint64_t size = r.in.u64();
  r.out.aux = r.in.take(size);
}

constexpr std::array kFields = {
    SampleField{abi::PERF_SAMPLE_IDENTIFIER, "identifier", read_id},
    SampleField{abi::PERF_SAMPLE_IP, "ip", read_ip},
    SampleField{abi::PERF_SAMPLE_TID, "tid", read_tid},
    SampleField{abi::PERF_SAMPLE_TIME, "time", read_time},
    SampleField{abi::PERF_SAMPLE_ADDR, "addr", read_addr},
    SampleField{abi::PERF_SAMPLE_ID, "id", read_id},
    SampleField{abi::PERF_SAMPLE_STREAM_ID, "stream_id", read_stream_id},
    SampleField{abi::PERF_SAMPLE_CPU, "cpu", read_cpu},
    SampleField{abi::PERF_SAMPLE_PERIOD, "period", read_period},
    SampleField{abi::PERF_SAMPLE_READ, "read", read_counters},
    SampleField{abi::PERF_SAMPLE_CALLCHAIN, "callchain", read_callchain},
    SampleField{abi::PERF_SAMPLE_RAW, "raw", read_raw},
    SampleField{abi::PERF_SAMPLE_BRANCH_STACK, "branch_stack", read_branch_stack},
    SampleField{abi::PERF_SAMPLE_REGS_USER, "regs_user", read_regs_user},
    SampleField{abi::PERF_SAMPLE_STACK_USER, "stack_user", read_stack_user},
    SampleField{abi::PERF_SAMPLE_WEIGHT | abi::PERF_SAMPLE_WEIGHT_STRUCT, "weight", read_weight},
    SampleField{abi::PERF_SAMPLE_DATA_SRC, "data_src", read_data_src},
    SampleField{abi::PERF_SAMPLE_TRANSACTION, "transaction", read_transaction},
    SampleField{abi::PERF_SAMPLE_REGS_INTR, "regs_intr", read_regs_intr},
    SampleField{abi::PERF_SAMPLE_PHYS_ADDR, "phys_addr", read_phys_addr},
    SampleField{abi::PERF_SAMPLE_CGROUP, "cgroup", read_cgroup},
    SampleField{abi::PERF_SAMPLE_DATA_PAGE_SIZE, "data_page_size", read_data_page_size},
    SampleField{abi::PERF_SAMPLE_CODE_PAGE_SIZE, "code_page_size", read_code_page_size},
    SampleField{abi::PERF_SAMPLE_AUX, "aux", read_aux},
};

constexpr std::uint64_t all_bits() {
  std::uint64_t bits = 0;
  for (const SampleField& field : kFields) bits |= field.bits;
  return bits;
}

/// Whether the field is not of the layout, or holds.
template <std::size_t kIndex>
bool read_one(SampleReader& reader) {
  constexpr SampleField kField = kFields[kIndex];
  if ((reader.attr.sample_type & kField.bits) == 0) return true;
  const std::uint64_t begin = reader.in.offset();
  kField.read(reader);
  if (!reader.in.failed() && reader.refused == nullptr) return true;
  reader.field_offset = begin;
  return false;
}

// No loop: all readers become one function, and the layouts of a recording are the same jumps again and again.
template <std::size_t... kIndices>
const SampleField* read_each(SampleReader& reader, std::index_sequence<kIndices...> /*all*/) {
  std::size_t held = 0;
  const bool all = ((read_one<kIndices>(reader) && ++held != 0) && ...);
  return all ? nullptr : &kFields[held];
}

}  // namespace

std::span<const SampleField> sample_fields() { return kFields; }

const SampleField* read_sample_fields(SampleReader& reader) {
  return read_each(reader, std::make_index_sequence<kFields.size()>{});
}

std::uint64_t known_sample_bits() {
  static constexpr std::uint64_t kBits = all_bits();
  return kBits;
}

}  // namespace simdprof
