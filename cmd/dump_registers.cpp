#include <fmt/format.h>

#include <iterator>
#include <span>
#include <utility>

#include "cmd/dump_text.h"
#include "cmd/field_text.h"

namespace simdprof::cmd {
namespace {

template <class... Args>
void put(TextBuffer& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

void put_general(TextBuffer& out, const RegisterSet& set) {
  const bool simd_abi = (set.abi & abi::PERF_SAMPLE_REGS_ABI_SIMD) != 0;
  for (unsigned number = 0; number < set.gpr.size(); ++number) {
    const auto value = set.general(number);
    if (!value) continue;
    const auto name = abi::register_name(set.arch, number, simd_abi);
    if (name.empty()) {
      put(out, "    register {} {:#x}\n", number, *value);
    } else {
      put(out, "    {} {:#x}\n", name, *value);
    }
  }
}

struct Part {
  const char* bits;
  unsigned first_word;
  unsigned words;
  Presence VectorRegister::*presence;
};
constexpr Part kParts[] = {{"[127:0]", 0, 2, &VectorRegister::xmm},
                           {"[255:128]", 2, 2, &VectorRegister::ymm_high},
                           {"[511:256]", 4, 4, &VectorRegister::zmm_high}};

bool recorded(const VectorRegister& vector, unsigned word) { return ((vector.recorded_words >> word) & 1U) != 0; }

/// `[127:0] valid 0x...`, most significant digit first; of a part recorded by halves the word that is there.
void put_part(TextBuffer& out, const VectorRegister& vector, const Part& part) {
  const Presence presence = vector.*part.presence;
  put(out, " {} {}", part.bits, presence_name(presence));
  if (presence == Presence::valid || presence == Presence::untrusted) {
    append_text(out, " 0x");
    for (unsigned i = part.words; i != 0; --i) put(out, "{:016x}", vector.words[part.first_word + i - 1]);
    return;
  }
  for (unsigned word = part.first_word; word < part.first_word + part.words; ++word) {
    if (recorded(vector, word)) put(out, " but [{}:{}] {:#018x}", 64 * word + 63, 64 * word, vector.words[word]);
  }
}

void put_vectors(TextBuffer& out, const RegisterSet& set) {
  for (std::size_t number = 0; number < set.vector.size(); ++number) {
    put(out, "    vector{}", number);
    for (const Part& part : kParts) put_part(out, set.vector[number], part);
    out.push_back('\n');
  }
  put(out, "    opmask {}", presence_name(set.opmask_presence));
  if (set.opmask_presence == Presence::valid || set.opmask_presence == Presence::untrusted) {
    for (const std::uint64_t mask : set.opmask) put(out, " {:#x}", mask);
  }
  put(out, "\n    mxcsr {}", presence_name(set.mxcsr_presence));
  if (set.mxcsr_presence != Presence::not_recorded) put(out, " {:#x}", set.mxcsr);
  out.push_back('\n');
}

void put_words(TextBuffer& out, std::span<const std::uint64_t> words) {
  append_text(out, " 0x");
  for (auto word = words.rbegin(); word != words.rend(); ++word) put(out, "{:016x}", *word);
}

bool has_value(Presence presence) { return presence == Presence::valid || presence == Presence::untrusted; }

void put_arm64(TextBuffer& out, const Arm64Vectors& set) {
  put(out, "    sve_vector_bytes {}\n", set.vector_bytes);
  const std::span<const std::uint64_t> words = set.words;
  const unsigned stride = set.stride();
  for (std::size_t number = 0; has_value(set.low) && number < words.size() / stride; ++number) {
    put(out, "    vector{} [127:0] {}", number, presence_name(set.low));
    put_words(out, words.subspan(number * stride, 2));
    if (stride > 2) put(out, " [{}:128] {}", 64 * stride - 1, presence_name(set.high));
    if (stride > 2 && has_value(set.high)) put_words(out, words.subspan(number * stride + 2, stride - 2));
    out.push_back('\n');
  }
  put(out, "    predicates {}", presence_name(set.predicates));
  if (has_value(set.predicates)) {
    for (const auto& predicate : set.predicate) put_words(out, predicate);
    append_text(out, "\n    ffr");
    put_words(out, set.ffr);
  }
  put(out, "\n    fpsr fpcr {}", presence_name(set.control));
  if (has_value(set.control)) put(out, " {:#x} {:#x}", set.fpsr, set.fpcr);
  out.push_back('\n');
}

void put_set(TextBuffer& out, std::string_view name, const RegisterSet& set) {
  put(out, "  {} abi={} general={} vectors={}", name, set.abi, origin_name(set.gpr_origin),
      origin_name(set.vector_origin));
  if (set.xstate_in_use) put(out, " in_use={:#x}", *set.xstate_in_use);
  out.push_back('\n');
  put_general(out, set);
  if (set.vector_origin == Origin::regset) {
    put_arm64(out, set.arm64);
  } else if (set.has_vectors()) {
    put_vectors(out, set);
  }
}

}  // namespace

void dump_registers(TextBuffer& out, const Record& record, const Sample& sample, const RegisterSets& sets) {
  put(out, "sample {:#x} time=", record.offset);
  if (record.time_ns == kNoTime) {
    append_text(out, "-");
  } else {
    append_seconds(out, record.time_ns, 9);
  }
  put(out, " tid={} ip={:#x} mode={}{}{}{}{}{}\n", sample.tid, sample.ip, cpu_mode_name(sample.mode),
      sets.image_expected ? " image_expected" : "", sets.image_late ? " image_late" : "",
      sets.image_at_syscall_exit ? " image_at_syscall_exit" : "", sets.image_ip_differs ? " image_ip_differs" : "",
      sets.guest_dropped ? " guest_dropped" : "");
  put_set(out, "user", sets.user);
  put_set(out, "intr", sets.intr);
  out.push_back('\n');
}

}  // namespace simdprof::cmd
