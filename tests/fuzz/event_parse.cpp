// Everything in lib/capture that reads text or bytes of others: the event grammar, lists, /proc texts, ELF notes.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "lib/capture/breakpoint.h"
#include "lib/capture/build_id.h"
#include "lib/capture/cpu_list.h"
#include "lib/capture/event_parse.h"
#include "lib/capture/kernel_maps.h"
#include "lib/capture/kernel_vectors.h"
#include "lib/capture/proc_maps.h"
#include "lib/capture/register_list.h"

namespace {

using namespace simdprof;

void read_as_text(std::string_view text) {
  EventSystem nothing;  // no file of the machine decides what is covered
  nothing.devices = "/nonexistent";
  nothing.tracefs = {"/nonexistent"};
  (void)parse_events(text, nothing);
  (void)parse_breakpoint_text(text);
  (void)parse_cpu_list(text);
  (void)parse_register_mask(text, abi::Arch::x86_64);
  (void)parse_proc_maps(text);
  (void)parse_modules(text);
  (void)find_kernel_text(text);
  (void)parse_pmu_terms(text, 0);
  abi::EventAttr attr;
  if (const auto bits = parse_format_bits(text)) (void)set_format_bits(attr, *bits, ~std::uint64_t{0});
}

void read_as_bytes(std::span<const std::byte> bytes) {
  (void)find_build_id_note(bytes, false);
  (void)find_build_id_note(bytes, true);
  (void)decode_note_segments(bytes);
  abi::EventAttr attr;
  attr.sample_type = (1U << 25) - 1;  // every field there is
  attr.read_format = 0x1f;
  attr.branch_sample_type = ~std::uint64_t{0};
  attr.sample_regs_user = attr.sample_regs_intr = 0xff0fff;
  (void)locate_intr_section(bytes, attr);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  read_as_bytes(bytes);
  read_as_text({static_cast<const char*>(static_cast<const void*>(data)), size});
  return 0;
}
