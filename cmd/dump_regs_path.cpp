#include <fmt/format.h>

#include "cmd/dump_aux_rows.h"
#include "cmd/dump_regs_render.h"
#include "cmd/field_text.h"

namespace simdprof::cmd {
namespace {

constexpr unsigned kAddressColumns = 16;
constexpr unsigned kKernelBit = 63;  ///< of an address, on x86-64 and arm64

CpuMode mode_of(VirtAddr address) { return (address >> kKernelBit) != 0 ? CpuMode::kernel : CpuMode::user; }

/// The name of an address, as it was when the sample was taken.
void append_name(TextBuffer& out, SampleSource& source, VirtAddr address) {
  if (address == 0) return append_text(out, "-");
  const Location& place = source.locate(address, mode_of(address), false);
  if (place.symbol.empty()) return append_text(out, "[unknown]");
  append_text(out, place.symbol);
  append_text(out, "+");
  append_hex(out, place.symbol_offset);
}

}  // namespace

void render_path_text(TextBuffer& out, std::span<const AuxHit> path, SampleSource& source) {
  for (const AuxHit& branch : path) {
    append_text(out, "  path  ");
    append_seconds(out, branch.place.time_ns, 9);
    append_text(out, " ");
    append_hex_aligned(out, branch.ip, kAddressColumns);
    append_text(out, " => ");
    append_hex_aligned(out, branch.addr, kAddressColumns);
    append_text(out, " ");
    append_branch_flags(out, branch.flags);
    append_text(out, " ");
    append_name(out, source, branch.ip);
    append_text(out, " => ");
    append_name(out, source, branch.addr);
    append_text(out, "\n");
  }
}

void render_path_json(TextBuffer& out, std::span<const AuxHit> path) {
  append_text(out, ",\"path\":[");
  bool first = true;
  for (const AuxHit& branch : path) {
    append_text(out, first ? "{\"time\":\"" : ",{\"time\":\"");
    first = false;
    append_seconds(out, branch.place.time_ns, 9);
    append_text(out, "\",\"from\":");
    append_json_hex(out, branch.ip);
    append_text(out, ",\"to\":");
    append_json_hex(out, branch.addr);
    append_text(out, ",\"flags\":\"");
    append_branch_flags(out, branch.flags);
    append_text(out, "\"}");
  }
  append_text(out, "]");
}

}  // namespace simdprof::cmd
