#include <fmt/format.h>

#include "cmd/dump_aux_rows.h"
#include "cmd/field_text.h"
#include "lib/base/shown_text.h"

namespace simdprof::cmd {
namespace {

constexpr unsigned kAddressColumns = 16;

template <class... Args>
void put(TextBuffer& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

void append_time(TextBuffer& out, std::uint64_t time_ns) {
  time_ns == AuxPlace::kNoAuxTime ? append_text(out, "-") : append_seconds(out, time_ns, 9);
}

void append_cpu_of(TextBuffer& out, const AuxPlace& place) {
  if (place.cpu < 0) return;
  append_text(out, " ");
  append_cpu(out, static_cast<std::uint32_t>(place.cpu));
}

/// "969349.987566262 [002] 19233/19233"
void append_when(TextBuffer& out, const AuxPlace& place) {
  append_time(out, place.time_ns);
  append_cpu_of(out, place);
  if (place.tid < 0) return;
  place.pid >= 0 ? put(out, " {}/{}", place.pid, place.tid) : put(out, " -/{}", place.tid);
}

void append_address(TextBuffer& out, VirtAddr address) { append_hex_aligned(out, address, kAddressColumns); }

void append_packet(TextBuffer& out, const AuxRow& row) {
  put(out, "{:08x}", row.place.offset);
  append_cpu_of(out, row.place);
  if (row.place.cpu < 0 && row.place.tid >= 0) put(out, " tid {}", row.place.tid);
  append_text(out, " ");
  append_text(out, row.name);
  if (!row.text.empty()) append_text(out, " ");
  append_shown(out, row.text);
}

void append_branch(TextBuffer& out, const AuxRow& row) {
  append_when(out, row.place);
  append_text(out, " ");
  append_address(out, row.ip.value_or(0));
  append_text(out, " => ");
  append_address(out, row.addr.value_or(0));
  append_text(out, " ");
  append_branch_flags(out, row.flags);
  if (row.instructions != 0) put(out, " instructions={}", row.instructions);
  if (row.cycles != 0) put(out, " cycles={}", row.cycles);
}

void append_instruction(TextBuffer& out, const AuxRow& row) {
  append_when(out, row.place);
  append_text(out, " ");
  append_address(out, row.ip.value_or(0));
  for (const std::byte byte : row.bytes) put(out, " {:02x}", std::to_integer<unsigned>(byte));
}

void append_memory(TextBuffer& out, const AuxRow& row) {
  const AuxMemory& memory = *row.memory;
  const auto has = [&memory](std::uint32_t bit) { return (memory.present & bit) != 0; };
  append_when(out, row.place);
  append_text(out, " ");
  has(AuxMemory::kIp) ? append_address(out, memory.ip) : append_text(out, "               -");
  append_text(out, " ");
  append_text(out, memory.operation);
  if (has(AuxMemory::kVirtual)) put(out, " va={:#x}", memory.virtual_address);
  if (has(AuxMemory::kPhysical)) put(out, " pa={:#x}", memory.physical_address);
  if (has(AuxMemory::kTarget)) put(out, " target={:#x}", memory.target);
  if (has(AuxMemory::kTotalLatency)) put(out, " latency={}", memory.total_latency);
  if (has(AuxMemory::kIssueLatency)) put(out, " issue={}", memory.issue_latency);
  if (has(AuxMemory::kTranslateLatency)) put(out, " translate={}", memory.translate_latency);
  if (memory.events != 0) put(out, " events={:#x}", memory.events);
  if (has(AuxMemory::kSource)) put(out, " source={:#x}", memory.source);
  if (has(AuxMemory::kContext)) put(out, " context={}", memory.context);
}

void append_event(TextBuffer& out, const AuxRow& row) {
  append_when(out, row.place);
  append_text(out, " ");
  append_text(out, row.name);
  if (row.ip) put(out, " ip={:#x}", *row.ip);
  append_text(out, row.text.empty() ? "" : " ");
  append_shown(out, row.text);
}

void append_error(TextBuffer& out, const AuxRow& row) {
  append_when(out, row.place);
  put(out, " error at {:#x}: ", row.place.offset);
  append_text(out, row.name);
  if (row.ip) put(out, " at ip {:#x}", *row.ip);
  append_text(out, row.text.empty() ? "" : ": ");
  append_shown(out, row.text);
}

void append_loss(TextBuffer& out, const AuxRow& row) {
  if (row.place.cpu >= 0) {
    put(out, "cpu {}", row.place.cpu);
  } else {
    put(out, "tid {}", row.place.tid);
  }
  append_text(out, " ");
  append_time(out, row.place.time_ns);
  append_text(out, "..");
  append_time(out, row.end_ns);
  put(out, " {} at {:#x}: ", row.name, row.place.offset);
  row.size ? put(out, "{} bytes", *row.size) : append_text(out, "nobody knows how many bytes");
}

}  // namespace

void append_aux_line(TextBuffer& out, const AuxRow& row) {
  switch (row.kind) {
    case AuxRow::Kind::packet: append_packet(out, row); break;
    case AuxRow::Kind::branch: append_branch(out, row); break;
    case AuxRow::Kind::instruction: append_instruction(out, row); break;
    case AuxRow::Kind::memory: append_memory(out, row); break;
    case AuxRow::Kind::event: append_event(out, row); break;
    case AuxRow::Kind::error: append_error(out, row); break;
    case AuxRow::Kind::loss: append_loss(out, row); break;
  }
  append_text(out, "\n");
}

}  // namespace simdprof::cmd
