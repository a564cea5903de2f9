#include "cmd/attr_text.h"

#include <fmt/format.h>

#include <array>
#include <span>

namespace simdprof::cmd {
namespace {

struct BitName {
  std::uint64_t bit;
  std::string_view name;
};

constexpr std::array kSampleBits = {
    BitName{abi::PERF_SAMPLE_IP, "IP"},
    BitName{abi::PERF_SAMPLE_TID, "TID"},
    BitName{abi::PERF_SAMPLE_TIME, "TIME"},
    BitName{abi::PERF_SAMPLE_ADDR, "ADDR"},
    BitName{abi::PERF_SAMPLE_READ, "READ"},
    BitName{abi::PERF_SAMPLE_CALLCHAIN, "CALLCHAIN"},
    BitName{abi::PERF_SAMPLE_ID, "ID"},
    BitName{abi::PERF_SAMPLE_CPU, "CPU"},
    BitName{abi::PERF_SAMPLE_PERIOD, "PERIOD"},
    BitName{abi::PERF_SAMPLE_STREAM_ID, "STREAM_ID"},
    BitName{abi::PERF_SAMPLE_RAW, "RAW"},
    BitName{abi::PERF_SAMPLE_BRANCH_STACK, "BRANCH_STACK"},
    BitName{abi::PERF_SAMPLE_REGS_USER, "REGS_USER"},
    BitName{abi::PERF_SAMPLE_STACK_USER, "STACK_USER"},
    BitName{abi::PERF_SAMPLE_WEIGHT, "WEIGHT"},
    BitName{abi::PERF_SAMPLE_DATA_SRC, "DATA_SRC"},
    BitName{abi::PERF_SAMPLE_IDENTIFIER, "IDENTIFIER"},
    BitName{abi::PERF_SAMPLE_TRANSACTION, "TRANSACTION"},
    BitName{abi::PERF_SAMPLE_REGS_INTR, "REGS_INTR"},
    BitName{abi::PERF_SAMPLE_PHYS_ADDR, "PHYS_ADDR"},
    BitName{abi::PERF_SAMPLE_AUX, "AUX"},
    BitName{abi::PERF_SAMPLE_CGROUP, "CGROUP"},
    BitName{abi::PERF_SAMPLE_DATA_PAGE_SIZE, "DATA_PAGE_SIZE"},
    BitName{abi::PERF_SAMPLE_CODE_PAGE_SIZE, "CODE_PAGE_SIZE"},
    BitName{abi::PERF_SAMPLE_WEIGHT_STRUCT, "WEIGHT_STRUCT"},
};

constexpr std::array kReadBits = {
    BitName{abi::PERF_FORMAT_TOTAL_TIME_ENABLED, "TOTAL_TIME_ENABLED"},
    BitName{abi::PERF_FORMAT_TOTAL_TIME_RUNNING, "TOTAL_TIME_RUNNING"},
    BitName{abi::PERF_FORMAT_ID, "ID"},
    BitName{abi::PERF_FORMAT_GROUP, "GROUP"},
    BitName{abi::PERF_FORMAT_LOST, "LOST"},
};

constexpr std::array kFlags = {
    BitName{abi::kAttrDisabled, "disabled"},
    BitName{abi::kAttrInherit, "inherit"},
    BitName{abi::kAttrPinned, "pinned"},
    BitName{abi::kAttrExclusive, "exclusive"},
    BitName{abi::kAttrExcludeUser, "exclude_user"},
    BitName{abi::kAttrExcludeKernel, "exclude_kernel"},
    BitName{abi::kAttrExcludeHv, "exclude_hv"},
    BitName{abi::kAttrExcludeIdle, "exclude_idle"},
    BitName{abi::kAttrMmap, "mmap"},
    BitName{abi::kAttrComm, "comm"},
    BitName{abi::kAttrFreq, "freq"},
    BitName{abi::kAttrInheritStat, "inherit_stat"},
    BitName{abi::kAttrEnableOnExec, "enable_on_exec"},
    BitName{abi::kAttrTask, "task"},
    BitName{abi::kAttrWatermark, "watermark"},
    BitName{abi::kAttrMmapData, "mmap_data"},
    BitName{abi::kAttrSampleIdAll, "sample_id_all"},
    BitName{abi::kAttrExcludeHost, "exclude_host"},
    BitName{abi::kAttrExcludeGuest, "exclude_guest"},
    BitName{abi::kAttrExcludeCallchainKernel, "exclude_callchain_kernel"},
    BitName{abi::kAttrExcludeCallchainUser, "exclude_callchain_user"},
    BitName{abi::kAttrMmap2, "mmap2"},
    BitName{abi::kAttrCommExec, "comm_exec"},
    BitName{abi::kAttrUseClockid, "use_clockid"},
    BitName{abi::kAttrContextSwitch, "context_switch"},
    BitName{abi::kAttrWriteBackward, "write_backward"},
    BitName{abi::kAttrNamespaces, "namespaces"},
    BitName{abi::kAttrKsymbol, "ksymbol"},
    BitName{abi::kAttrBpfEvent, "bpf_event"},
    BitName{abi::kAttrAuxOutput, "aux_output"},
    BitName{abi::kAttrCgroup, "cgroup"},
    BitName{abi::kAttrTextPoke, "text_poke"},
    BitName{abi::kAttrBuildId, "build_id"},
    BitName{abi::kAttrInheritThread, "inherit_thread"},
    BitName{abi::kAttrRemoveOnExec, "remove_on_exec"},
    BitName{abi::kAttrSigtrap, "sigtrap"},
    BitName{abi::kAttrDeferCallchain, "defer_callchain"},
    BitName{abi::kAttrDeferOutput, "defer_output"},
};

/// Names of the set bits joined by `|`; bits without a name as one hexadecimal number at the end.
std::string bits_text(std::uint64_t value, std::span<const BitName> names) {
  std::string text;
  const auto add = [&](std::string_view word) {
    if (!text.empty()) text += '|';
    text += word;
  };
  for (const BitName& name : names) {
    if ((value & name.bit) == 0) continue;
    add(name.name);
    value &= ~name.bit;
  }
  if (value != 0) add(fmt::format("{:#x}", value));
  return text;
}

/// Collects the fields that are not zero.
class Fields {
 public:
  void number(std::string_view name, std::uint64_t value) {
    if (value != 0) fields_.push_back({name, fmt::format("{}", value)});
  }
  void mask(std::string_view name, std::uint64_t value) {
    if (value != 0) fields_.push_back({name, fmt::format("{:#x}", value)});
  }
  void bits(std::string_view name, std::uint64_t value, std::span<const BitName> names) {
    if (value != 0) fields_.push_back({name, bits_text(value, names)});
  }
  void always(std::string_view name, std::string value) { fields_.push_back({name, std::move(value)}); }
  std::vector<AttrField> take() { return std::move(fields_); }

 private:
  std::vector<AttrField> fields_;
};

void add_flags(Fields& out, std::uint64_t flags) {
  const std::uint64_t precise = std::uint64_t{abi::kAttrPreciseIp1} | abi::kAttrPreciseIp2;
  for (const BitName& name : kFlags) {
    out.number(name.name, (flags & name.bit) != 0 ? 1 : 0);
    flags &= ~name.bit;
    if (name.bit == abi::kAttrWatermark) out.number("precise_ip", (flags & precise) >> abi::kAttrPreciseIpShift);
  }
  out.mask("flags", flags & ~precise);  // bits without a name
}

void add_simd_fields(Fields& out, const abi::EventAttr& attr) {
  out.number("sample_simd_regs_enabled", attr.sample_simd_regs_enabled);
  out.number("sample_simd_pred_reg_qwords", attr.sample_simd_pred_reg_qwords);
  out.number("sample_simd_vec_reg_qwords", attr.sample_simd_vec_reg_qwords);
  out.mask("sample_simd_pred_reg_intr", attr.sample_simd_pred_reg_intr);
  out.mask("sample_simd_pred_reg_user", attr.sample_simd_pred_reg_user);
  out.mask("sample_simd_vec_reg_intr", attr.sample_simd_vec_reg_intr);
  out.mask("sample_simd_vec_reg_user", attr.sample_simd_vec_reg_user);
}

}  // namespace

std::vector<AttrField> attr_fields(const abi::EventAttr& attr) {
  Fields out;
  out.always("type", fmt::format("{}", attr.type));
  out.always("size", fmt::format("{}", attr.size));
  out.always("config", fmt::format("{:#x}", attr.config));
  const bool by_frequency = (attr.flags & abi::kAttrFreq) != 0;
  out.number(by_frequency ? "sample_freq" : "sample_period", attr.sample_period_or_freq);
  out.bits("sample_type", attr.sample_type, kSampleBits);
  out.bits("read_format", attr.read_format, kReadBits);
  add_flags(out, attr.flags);
  const bool by_watermark = (attr.flags & abi::kAttrWatermark) != 0;
  out.number(by_watermark ? "wakeup_watermark" : "wakeup_events", attr.wakeup_events_or_watermark);
  const bool breakpoint = attr.type == abi::PERF_TYPE_BREAKPOINT;
  out.number("bp_type", attr.bp_type);
  out.mask(breakpoint ? "bp_addr" : "config1", attr.config1_or_bp_addr);
  out.mask(breakpoint ? "bp_len" : "config2", attr.config2_or_bp_len);
  out.mask("branch_sample_type", attr.branch_sample_type);
  out.mask("sample_regs_user", attr.sample_regs_user);
  out.number("sample_stack_user", attr.sample_stack_user);
  if (attr.clockid != 0) out.always("clockid", fmt::format("{}", attr.clockid));
  out.mask("sample_regs_intr", attr.sample_regs_intr);
  out.number("aux_watermark", attr.aux_watermark);
  out.number("sample_max_stack", attr.sample_max_stack);
  out.number("aux_sample_size", attr.aux_sample_size);
  out.mask("aux_action", attr.aux_action);
  out.mask("sig_data", attr.sig_data);
  out.mask("config3", attr.config3);
  out.mask("config4", attr.config4);
  add_simd_fields(out, attr);
  return out.take();
}

}  // namespace simdprof::cmd
