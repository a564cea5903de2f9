#include "lib/perfdata/features_out.h"

#include <algorithm>

#include "lib/base/check.h"
#include "lib/perfdata/ordered_bytes.h"

namespace simdprof::perfdata {
namespace {

constexpr std::size_t kNameAlign = 64;  ///< perf pads names to this
constexpr std::size_t kBuildIdBytes = 20;
constexpr std::size_t kBuildIdFixedBytes = 36;  ///< header, pid, id, size and padding
constexpr unsigned kFlagBits = 64;

std::size_t padded(std::size_t size) { return (size + kNameAlign - 1) / kNameAlign * kNameAlign; }

void append_text(OrderedBytes& out, std::string_view text) {
  const std::size_t size = padded(text.size() + 1);
  out.u32(static_cast<std::uint32_t>(size)).text(text).zeros(size - text.size());
}

/// The attribute's bit fields. A big-endian machine fills them from the highest bit down; precise_ip has two bits.
std::uint64_t flags_in_order(std::uint64_t flags, std::endian order) {
  if (order == std::endian::little) return flags;
  std::uint64_t mirrored = 0;
  for (unsigned bit = 0; bit < kFlagBits; ++bit) {
    if (((flags >> bit) & 1U) == 0) continue;
    unsigned from_top = bit;
    if (bit == abi::kAttrPreciseIpShift) from_top = bit + 1;
    if (bit == abi::kAttrPreciseIpShift + 1) from_top = bit - 1;
    mirrored |= std::uint64_t{1} << (kFlagBits - 1 - from_top);
  }
  return mirrored;
}

}  // namespace

std::vector<std::byte> encode_attr(const abi::EventAttr& attr, std::endian order) {
  OrderedBytes out(order);
  out.u32(attr.type).u32(kAttrBytes).u64(attr.config).u64(attr.sample_period_or_freq);
  out.u64(attr.sample_type).u64(attr.read_format).u64(flags_in_order(attr.flags, order));
  out.u32(attr.wakeup_events_or_watermark).u32(attr.bp_type);
  out.u64(attr.config1_or_bp_addr).u64(attr.config2_or_bp_len).u64(attr.branch_sample_type);
  out.u64(attr.sample_regs_user).u32(attr.sample_stack_user).u32(static_cast<std::uint32_t>(attr.clockid));
  out.u64(attr.sample_regs_intr).u32(attr.aux_watermark).u16(attr.sample_max_stack).u16(attr.reserved_2);
  out.u32(attr.aux_sample_size).u32(attr.aux_action).u64(attr.sig_data);
  SIMDPROF_ASSERT(out.size() == kAttrBytes);
  return out.take();
}

std::vector<std::byte> encode_text_feature(std::string_view text, std::endian order) {
  OrderedBytes out(order);
  append_text(out, text);
  return out.take();
}

std::vector<std::byte> encode_cpu_counts(std::uint32_t available, std::uint32_t online, std::endian order) {
  return OrderedBytes(order).u32(available).u32(online).take();
}

std::vector<std::byte> encode_number_feature(std::uint64_t value, std::endian order) {
  return OrderedBytes(order).u64(value).take();
}

std::vector<std::byte> encode_clock_data(const abi::ClockReference& reference, std::endian order) {
  constexpr std::uint32_t kVersion = 1;
  OrderedBytes out(order);
  out.u32(kVersion).u32(reference.clockid).u64(reference.wall_ns).u64(reference.clock_ns);
  return out.take();
}

std::vector<std::byte> encode_command_line(std::span<const std::string> words, std::endian order) {
  OrderedBytes out(order);
  out.u32(static_cast<std::uint32_t>(words.size()));
  for (const std::string& word : words) append_text(out, word);
  return out.take();
}

std::vector<std::byte> encode_event_descs(std::span<const OutEvent> events, std::endian order) {
  OrderedBytes out(order);
  out.u32(static_cast<std::uint32_t>(events.size())).u32(kAttrBytes);
  for (const OutEvent& event : events) {
    out.bytes(encode_attr(event.attr, order)).u32(static_cast<std::uint32_t>(event.ids.size()));
    append_text(out, event.name);
    for (const std::uint64_t id : event.ids) out.u64(id);
  }
  return out.take();
}

std::vector<std::byte> encode_sample_time(std::uint64_t first_ns, std::uint64_t last_ns, std::endian order) {
  return OrderedBytes(order).u64(first_ns).u64(last_ns).take();
}

std::vector<std::byte> encode_build_id_entry(const OutBuildId& entry, std::uint32_t record_type, std::endian order) {
  SIMDPROF_ASSERT(entry.id.size() <= kBuildIdBytes);
  const std::size_t name_bytes = padded(entry.path.size() + 1);
  OrderedBytes out(order);
  out.u32(record_type).u16(static_cast<std::uint16_t>(entry.misc | abi::PERF_RECORD_MISC_BUILD_ID_SIZE));
  out.u16(static_cast<std::uint16_t>(kBuildIdFixedBytes + name_bytes));
  out.u32(static_cast<std::uint32_t>(entry.pid));
  out.bytes(entry.id).zeros(kBuildIdBytes - entry.id.size());
  out.u8(static_cast<std::uint8_t>(entry.id.size())).zeros(3);
  out.text(entry.path).zeros(name_bytes - entry.path.size());
  return out.take();
}

}  // namespace simdprof::perfdata
