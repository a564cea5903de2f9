#include "lib/abi/attr_bytes.h"

#include <algorithm>

namespace simdprof::abi {

std::uint64_t mirror_attr_flags(std::uint64_t flags) {
  std::uint64_t mirrored = 0;
  for (unsigned bit = 0; bit < 64; ++bit) mirrored |= ((flags >> (63 - bit)) & 1U) << bit;
  // precise_ip is the one field of two bits: its value is not mirrored, only its place.
  const std::uint64_t low = (mirrored >> kAttrPreciseIpShift) & 1U;
  const std::uint64_t high = (mirrored >> (kAttrPreciseIpShift + 1)) & 1U;
  mirrored &= ~(std::uint64_t{3} << kAttrPreciseIpShift);
  return mirrored | high << kAttrPreciseIpShift | low << (kAttrPreciseIpShift + 1);
}

EventAttr decode_attr(Cursor in) {
  EventAttr attr;
  attr.type = in.u32();
  attr.size = in.u32();
  attr.config = in.u64();
  attr.sample_period_or_freq = in.u64();
  attr.sample_type = in.u64();
  attr.read_format = in.u64();
  attr.flags = in.u64();
  if (in.order() == std::endian::big) attr.flags = mirror_attr_flags(attr.flags);
  attr.wakeup_events_or_watermark = in.u32();
  attr.bp_type = in.u32();
  attr.config1_or_bp_addr = in.u64();
  attr.config2_or_bp_len = in.u64();
  attr.branch_sample_type = in.u64();
  attr.sample_regs_user = in.u64();
  attr.sample_stack_user = in.u32();
  attr.clockid = in.i32();
  attr.sample_regs_intr = in.u64();
  attr.aux_watermark = in.u32();
  attr.sample_max_stack = in.u16();
  attr.reserved_2 = in.u16();
  attr.aux_sample_size = in.u32();
  attr.aux_action = in.u32();
  attr.sig_data = in.u64();
  attr.config3 = in.u64();
  attr.config4 = in.u64();
  attr.sample_simd_regs_enabled = in.u16();
  attr.sample_simd_pred_reg_qwords = in.u16();
  attr.sample_simd_vec_reg_qwords = in.u16();
  attr.reserved_4 = in.u16();
  attr.sample_simd_pred_reg_intr = in.u32();
  attr.sample_simd_pred_reg_user = in.u32();
  attr.sample_simd_vec_reg_intr = in.u64();
  attr.sample_simd_vec_reg_user = in.u64();
  return attr;
}

bool has_unknown_fields(std::span<const std::byte> attr) {
  const auto beyond = attr.subspan(std::min(attr.size(), sizeof(EventAttr)));
  return std::any_of(beyond.begin(), beyond.end(), [](std::byte b) { return b != std::byte{0}; });
}

}  // namespace simdprof::abi
