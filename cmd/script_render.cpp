#include "cmd/script_render.h"

namespace simdprof::cmd {

std::uint64_t period_of(const SampleHit& hit) {
  if (hit.sample->has(abi::PERF_SAMPLE_PERIOD)) return hit.sample->period;
  return hit.event->attr.sample_period_or_freq;  // a frequency needs PERF_SAMPLE_PERIOD, so this is a period
}

std::string_view long_dso_name(const Location& place) {
  // A module of the kernel is a file too, though its short name is "[ext4]".
  const bool is_file =
      place.dso.empty() || place.dso.front() != '[' || place.dso_path.find(".ko") != std::string_view::npos;
  return is_file && !place.dso_path.empty() ? place.dso_path : place.dso;
}

bool has_legacy_xmm(const RegisterBlock& block, abi::Arch arch) { return abi::is_x86(arch) && !block.simd_abi(); }

std::uint64_t dso_offset(const Location& place, VirtAddr address) {
  return place.dso_address + (address - place.address);
}

void append_dso_in_parentheses(TextBuffer& out, const Location& place, VirtAddr address, FieldSet fields) {
  append_text(out, "(");
  append_text(out, long_dso_name(place));
  if (fields.has(ScriptField::dsoff) && place.reason != Unresolved::no_map) {
    append_text(out, "+");
    append_hex(out, dso_offset(place, address));
  }
  append_text(out, ")");
}

char mode_letter(CpuMode mode) {
  switch (mode) {
    case CpuMode::unknown: return ' ';
    case CpuMode::kernel: return 'K';
    case CpuMode::user: return 'U';
    case CpuMode::hypervisor: return 'H';
    case CpuMode::guest_kernel: return 'G';
    case CpuMode::guest_user: return 'g';
  }
  return ' ';
}

}  // namespace simdprof::cmd
