#include "decoders/aux/cs_flow.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "decoders/aux/slice_place.h"
#include "lib/base/cursor.h"

namespace simdprof {
namespace {

/// A64 has the kernel in the upper half; so has Arm Linux in 32 bits, from 3 GiB on.
constexpr VirtAddr kA32Kernel = 0xc0000000;

bool ends_in_branch(const CsElement& range) {
  return range.last == CsLast::branch || range.last == CsLast::indirect_branch;
}

std::uint32_t last_flags(const CsElement& range) {
  if (!ends_in_branch(range)) return 0;
  std::uint32_t flags = kAuxBranch;
  if (range.last_conditional) flags |= kAuxConditional;
  switch (range.last_kind) {
    case CsLastKind::none: break;
    case CsLastKind::call: flags |= kAuxCall; break;
    case CsLastKind::ret: flags |= kAuxReturn; break;
    case CsLastKind::exception_return: flags |= kAuxReturn | kAuxInterrupt; break;
  }
  return flags;
}

/// ETMv4's exception numbers: 2 is a call of the kernel or of something above it; 1 (debug halt), 14 and 15 (IRQ, FIQ)
/// and 5 (system error) come from outside. Others are faults. Source: IHI 0064, table 6-7.
std::uint32_t exception_flags(CsProtocol protocol, std::uint32_t number) {
  const bool modern = protocol == CsProtocol::etmv4 || protocol == CsProtocol::ete;
  const std::uint32_t call = modern ? 2 : 10;
  if (number == call) return kAuxBranch | kAuxCall | kAuxSyscall;
  return kAuxBranch | kAuxCall | kAuxAsync | kAuxInterrupt;
}

std::string_view event_name(CsKind kind) {
  switch (kind) {
    case CsKind::no_sync: return "no-sync";
    case CsKind::trace_on: return "trace-on";
    case CsKind::end_of_trace: return "end-of-trace";
    case CsKind::context: return "context";
    case CsKind::range_without_path: return "range-without-path";
    case CsKind::address_unknown: return "address-unknown";
    case CsKind::exception: return "exception";
    case CsKind::exception_return: return "exception-return";
    case CsKind::timestamp: return "timestamp";
    case CsKind::cycle_count: return "cycle-count";
    case CsKind::event: return "event";
    case CsKind::software: return "sw-trace";
    case CsKind::sync_marker: return "sync-marker";
    case CsKind::transaction: return "transaction";
    case CsKind::range:
    case CsKind::no_code:
    case CsKind::unknown:
    case CsKind::custom: return "unknown";
  }
  return {};
}

}  // namespace

std::uint8_t t32_size(std::uint16_t first_halfword) { return first_halfword >= 0xe800 ? 4 : 2; }

CsFlow::CsFlow(const AuxSlice& slice, const CsSource& source, const abi::TimeConversion& clock,
               const AuxPrograms& programs, const AuxWanted& wanted, AuxSink& sink)
    : slice_(slice), source_(source), clock_(clock), programs_(programs), wanted_(wanted), sink_(sink) {
  const std::uint64_t time_ns = slice.time_ns != 0 ? slice.time_ns : AuxPlace::kNoAuxTime;
  task_ = programs.task(source.cpu, slice.tid, time_ns);
}

AuxPlace CsFlow::place(std::uint64_t at) const {
  AuxPlace place = place_in(slice_, static_cast<std::size_t>(at));
  if (source_.cpu != -1) place.cpu = source_.cpu;
  place.pid = task_.pid;
  if (task_.tid != -1) place.tid = task_.tid;
  place.time_ns = time_ns_;
  return place;
}

bool CsFlow::is_kernel(VirtAddr address) const {
  const bool narrow = source_.protocol == CsProtocol::etmv3 || source_.protocol == CsProtocol::ptm;
  return narrow ? address >= kA32Kernel : in_upper_half(address);
}

std::size_t CsFlow::read_code(VirtAddr address, bool kernel, std::span<std::byte> out) const {
  return programs_.read_code(task_.pid, address, kernel || is_kernel(address), time_ns_, out);
}

void CsFlow::take(const CsElement& element) {
  if (element.has_cycles) cycles_ += element.cycles;
  switch (element.kind) {
    case CsKind::range: take_range(element); return;
    case CsKind::no_code: take_no_code(element); return;
    case CsKind::no_sync:
    case CsKind::trace_on:
    case CsKind::end_of_trace: take_gap(element); return;
    case CsKind::exception:
    case CsKind::exception_return: take_exception(element); return;
    case CsKind::context: take_context(element); return;
    case CsKind::timestamp:
      if (source_.kernel_clock) time_ns_ = clock_.to_ns(element.timestamp).value_or(AuxPlace::kNoAuxTime);
      give_event(element, event_name(element.kind), 0, element.timestamp);
      return;
    case CsKind::cycle_count: give_event(element, event_name(element.kind), 0, element.cycles); return;
    case CsKind::software: give_event(element, event_name(element.kind), 0, element.payload); return;
    case CsKind::range_without_path:
    case CsKind::address_unknown:
    case CsKind::event:
    case CsKind::sync_marker:
    case CsKind::transaction:
    case CsKind::unknown:
    case CsKind::custom: give_event(element, event_name(element.kind), 0, element.number); return;
  }
}

void CsFlow::take_range(const CsElement& element) {
  const std::uint32_t flags = last_flags(element);
  if (before_ != Before::range) {
    give_branch(element.at, 0, element.start, kAuxBranch | kAuxTraceBegin);
  } else if (range_.taken) {
    give_branch(range_.at, range_.last, element.start, range_.flags);
  }
  if (wanted_.instructions) give_instructions(element, flags);
  instructions_ += element.instructions;
  before_ = Before::range;
  range_ = Range{element.at, element.end - element.last_bytes, flags, ends_in_branch(element) && element.last_executed};
}

/// Control goes where no code is known: the branch there is the last that is.
void CsFlow::take_no_code(const CsElement& element) {
  if (before_ == Before::range && range_.taken) give_branch(range_.at, range_.last, element.start, range_.flags);
  if (before_ == Before::range) before_ = Before::gap;
  const std::string text = fmt::format("no code is known at {:#x}", element.start);
  AuxError error;
  error.place = place(element.at);
  error.ip = element.start;
  error.code = "nomap";
  error.text = text;
  sink_.on_error(error);
}

/// Where the bytes end, nothing tells that the trace did.
void CsFlow::take_gap(const CsElement& element) {
  const bool ends = before_ == Before::range && element.kind != CsKind::end_of_trace;
  if (ends) give_branch(range_.at, range_.last, 0, range_.flags | kAuxBranch | kAuxTraceEnd);
  before_ = Before::gap;
  if (element.overflow) {
    AuxError error;
    error.place = place(element.at);
    error.code = "overflow";
    error.text = "the trace source lost trace before this place";
    sink_.on_error(error);
  }
  if (element.damaged && source_.protocol == CsProtocol::ete) {  // of others the packets tell
    AuxError error;
    error.place = place(element.at);
    error.code = "bad-packet";
    error.text = "the trace source says what is no packet";
    sink_.on_error(error);
  }
  give_event(element, event_name(element.kind), 0, 0);
}

void CsFlow::take_exception(const CsElement& element) {
  const bool entry = element.kind == CsKind::exception;
  if (before_ == Before::range) {
    // Whatever the last instruction was, control went elsewhere.
    range_.taken = true;
    range_.flags = entry ? exception_flags(source_.protocol, element.number) : kAuxBranch | kAuxReturn | kAuxInterrupt;
  }
  give_event(element, event_name(element.kind), entry && element.has_return ? element.end : 0, element.number);
}

void CsFlow::take_context(const CsElement& element) {
  const CsThreadWord word = cs_thread_word(source_);
  const bool from_vmid = word == CsThreadWord::vmid && element.has_vmid;
  const bool from_context = word == CsThreadWord::context_id && element.has_context_id;
  if (from_vmid || from_context) {
    const auto tid = static_cast<Tid>(from_vmid ? element.vmid : element.context_id);
    task_ = programs_.task(-1, tid, time_ns_);
    task_.tid = tid;
  }
  give_event(element, event_name(element.kind), 0, element.has_context_id ? element.context_id : 0);
}

void CsFlow::give_branch(std::uint64_t at, VirtAddr from, VirtAddr to, std::uint32_t flags) {
  if (wanted_.branches) {
    AuxBranch branch;
    branch.place = place(at);
    branch.from = from;
    branch.to = to;
    branch.flags = flags;
    branch.instructions = instructions_;
    branch.cycles = cycles_;
    if (cycles_ != 0) branch.cycle_instructions = instructions_;
    sink_.on_branch(branch);
  }
  instructions_ = 0;
  cycles_ = 0;
}

void CsFlow::give_instructions(const CsElement& range, std::uint32_t flags) {
  const bool thumb = range.set == CsInstructionSet::t32;
  std::array<std::byte, 4096> page{};
  std::size_t known = 0;
  VirtAddr page_start = range.start;
  VirtAddr ip = range.start;
  for (std::uint32_t i = 0; i < range.instructions && ip < range.end; ++i) {
    if (ip + 4 > page_start + known) {
      page_start = ip;
      const auto wanted = static_cast<std::size_t>(std::min<VirtAddr>(page.size(), range.end - ip));
      known = read_code(ip, false, std::span(page).first(wanted));
    }
    const auto left = std::span(page).first(known).subspan(static_cast<std::size_t>(ip - page_start));
    AuxInstruction instruction;
    instruction.place = place(range.at);
    instruction.ip = ip;
    instruction.size = thumb && left.size() >= 2 ? t32_size(Cursor{left}.u16()) : 4;
    if (left.size() < instruction.size) instruction.size = static_cast<std::uint8_t>(left.size());
    std::copy_n(left.begin(), instruction.size, instruction.bytes.begin());
    if (i + 1 == range.instructions) instruction.flags = flags;
    sink_.on_instruction(instruction);
    ip += instruction.size != 0 ? instruction.size : 4U;
  }
}

void CsFlow::give_event(const CsElement& element, std::string_view name, VirtAddr ip, std::uint64_t value) {
  if (!wanted_.events) return;
  AuxEvent event;
  event.place = place(element.at);
  event.name = name;
  event.ip = ip;
  event.value = value;
  event.text = element.text;
  sink_.on_event(event);
}

}  // namespace simdprof
