#include "cmd/dump_regs_render.h"

#include <algorithm>

#include "lib/abi/xsave.h"

namespace simdprof::cmd {
namespace {

constexpr unsigned kXmmBits = 128;
constexpr unsigned kYmmBits = 256;
constexpr unsigned kZmmBits = 512;

unsigned vector_bits(RegisterClass kind) {
  switch (kind) {
    case RegisterClass::xmm:
    case RegisterClass::ymm:
    case RegisterClass::zmm:
    case RegisterClass::neon:
    case RegisterClass::sve: return register_class_bits(kind);
    case RegisterClass::gpr:
    case RegisterClass::opmask:
    case RegisterClass::mxcsr:
    case RegisterClass::predicate:
    case RegisterClass::ffr:
    case RegisterClass::fpsr:
    case RegisterClass::fpcr: return 0;
  }
  return 0;
}

unsigned recorded_vector_bits(const RecordingFacts& facts) {
  unsigned widest = kXmmBits;  // as many as NEON has
  if (facts.host.contains("sve_vector_bytes")) return register_class_bits(RegisterClass::sve);
  for (const EventDesc& event : facts.events.events) {
    if (event.attr.sample_simd_regs_enabled == 0) continue;
    widest = std::max(widest, std::min<unsigned>(event.attr.sample_simd_vec_reg_qwords * 64U, kZmmBits));
  }
  if (!facts.xsave) return widest;
  if (facts.xsave->has(abi::kXsaveZmmHi256) || facts.xsave->has(abi::kXsaveHi16Zmm)) return kZmmBits;
  return facts.xsave->has(abi::kXsaveYmmHi128) ? std::max(widest, kYmmBits) : widest;
}

}  // namespace

std::string_view set_name(SetKind kind) { return kind == SetKind::user ? "user" : "intr"; }

SetView RegisterSample::view(SetKind kind) const {
  const auto trusted = [this](std::uint8_t bit) { return (verdict.distrust & bit) == 0; };
  if (kind == SetKind::user) {
    return SetView{&sets->user, trusted(kDistrustUserVectors), trusted(kDistrustUserGpr)};
  }
  const bool user_mode = hit->sample->mode == CpuMode::user;
  return SetView{&sets->intr, user_mode && trusted(kDistrustIntrVectors), trusted(kDistrustIntrGpr)};
}

void append_set_source(TextBuffer& out, const RegisterSample& sample, SetKind kind) {
  if (!sample.has_registers()) return append_text(out, "none,guest");
  const SetView view = sample.view(kind);
  const RegisterSet& set = *view.set;
  const bool has_gprs = set.gpr_present != 0;
  if (has_gprs) append_text(out, origin_name(set.gpr_origin));
  if (set.has_vectors()) {
    if (has_gprs) append_text(out, "+");
    append_text(out, origin_name(set.vector_origin));
    if (!view.vectors_trusted) append_text(out, ",untrusted");
  } else if (!has_gprs) {
    append_text(out, "none");
  }
  const std::uint16_t rules = kind == SetKind::user ? sample.verdict.user_rules : sample.verdict.intr_rules;
  if (rules != 0) {
    append_text(out, ",distrusted-by:");
    append_text(out, rule_list(rules));
  }
  if (kind != SetKind::user) return;
  const bool has_image = set.from_image();
  if (has_image && sample.sets->image_late) append_text(out, ",image-late");
  if (has_image && sample.sets->image_at_syscall_exit) append_text(out, ",syscall-exit");
  if (has_image && sample.sets->image_ip_differs) append_text(out, ",ip-differs");
  if (!has_image && sample.sets->image_expected) append_text(out, ",image-missing");
}

unsigned widest_vector_bits(const RecordingFacts& facts, const RegisterChoice& choice) {
  unsigned widest = 0;
  if (!choice.registers.empty()) {
    for (const RegisterRef ref : choice.registers) widest = std::max(widest, vector_bits(ref.kind));
    return widest;
  }
  if (!choice.any_class()) return recorded_vector_bits(facts);
  for (std::size_t i = 0; i < kRegisterClasses; ++i) {
    if (choice.classes[i]) widest = std::max(widest, vector_bits(static_cast<RegisterClass>(i)));
  }
  return widest;
}

}  // namespace simdprof::cmd
