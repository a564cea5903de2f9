#include "decoders/registers/register_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "decoders/registers/arm64_image.h"
#include "decoders/registers/image_registers.h"
#include "decoders/registers/section_registers.h"

namespace simdprof {
namespace {

/// What all kept images may take together, in bytes. A real recording keeps one image a live thread, some 3 KiB each.
constexpr std::size_t kMaxKeptBytes = std::size_t{256} << 20U;
/// Expired images of threads that ended are dropped whenever the number of kept ones has doubled.
constexpr std::size_t kFirstSweep = 1024;

struct KeptImage {
  RegisterImage image;  ///< data points into `bytes`
  std::vector<std::byte> bytes;
  bool met = false;  ///< some sample was its
};

void mark_untrusted(Presence& presence) {
  if (presence == Presence::valid || presence == Presence::init) presence = Presence::untrusted;
}

/// What an image of another moment says: the words stay readable, none of them is called valid.
void mark_vectors_untrusted(RegisterSet& set) {
  for (VectorRegister& vector : set.vector) {
    mark_untrusted(vector.xmm);
    mark_untrusted(vector.ymm_high);
    mark_untrusted(vector.zmm_high);
  }
  mark_untrusted(set.opmask_presence);
  mark_untrusted(set.mxcsr_presence);
  set.xstate_in_use.reset();
  for (Presence* const part : {&set.arm64.low, &set.arm64.high, &set.arm64.predicates, &set.arm64.control}) {
    mark_untrusted(*part);
  }
}

/// The user instruction pointer as the sample has it, where it has it.
std::optional<std::uint64_t> sampled_user_ip(const Sample& sample, const RegisterSet& user) {
  if (const auto ip = user.general(abi::ip_register(user.arch))) return ip;
  if (sample.mode == CpuMode::user && sample.has(abi::PERF_SAMPLE_IP)) return sample.ip;
  return std::nullopt;
}

/// Whether the image was taken where the sample found the user code. A system call that a stop interrupts is made
/// again: on arm64 the tracer finds the instruction pointer already back at its instruction. Source:
/// arch/arm64/kernel/signal.c, do_signal.
bool is_same_place(abi::Arch arch, const Sample& sample, std::uint64_t sampled_ip, std::uint64_t image_ip) {
  constexpr std::uint64_t kSyscallBytes = 4;
  const bool may_restart = arch == abi::Arch::arm64 && sample.mode == CpuMode::kernel;
  return image_ip == sampled_ip || (may_restart && image_ip + kSyscallBytes == sampled_ip);
}

/// Whether the sections of an event's samples should carry vectors: by the SIMD ABI, or by a mask with legacy bits.
bool asks_vectors(const abi::EventAttr& attr, std::uint64_t mask, bool simd, abi::Arch arch) {
  if (attr.sample_simd_regs_enabled != 0) return simd;
  return abi::is_x86(arch) && (mask & abi::kX86LegacyXmmMask) != 0;
}

EventRegisters sampled_registers(const abi::EventAttr& attr, abi::Arch arch) {
  EventRegisters event;
  event.precise = abi::precise_ip(attr) != 0;
  event.vectors = asks_vectors(attr, attr.sample_regs_user | attr.sample_regs_intr, true, arch);
  event.user_vectors = (attr.sample_type & abi::PERF_SAMPLE_REGS_USER) != 0 &&
                       asks_vectors(attr, attr.sample_regs_user, attr.sample_simd_vec_reg_user != 0, arch);
  return event;
}

}  // namespace

struct RegisterStage::State {
  abi::Arch arch;
  std::optional<abi::XsaveTable> table;
  std::vector<EventRegisters> events;
  std::unordered_map<Tid, KeptImage> images;
  std::size_t kept_bytes = 0;
  std::size_t sweep_at = kFirstSweep;
  Counts counts;

  [[nodiscard]] Status check(const RegisterImage& image) const;
  KeptImage* find_image(const Sample& sample);
  void sweep(std::uint64_t now_ns);
  void drop(std::unordered_map<Tid, KeptImage>::iterator place);
  void apply_image(const Sample& sample, KeptImage& kept, RegisterSets& out);
};

Status RegisterStage::State::check(const RegisterImage& image) const {
  switch (image.format) {
    case RegisterImage::kXsave:
      if (!table) return fail(Errc::malformed, "register image, but the recording has no XSAVE table");
      return check_image(image, *table);
    case RegisterImage::kArm64Fpsimd:
    case RegisterImage::kArm64Sve:
      if (arch != abi::Arch::arm64)
        return fail(Errc::malformed, "register image of arm64 in a recording of another architecture");
      return check_arm64_image(image);
    default: return fail(Errc::unsupported, fmt::format("register image format {} is not known", image.format));
  }
}

KeptImage* RegisterStage::State::find_image(const Sample& sample) {
  if (!sample.has(abi::PERF_SAMPLE_TID) || !sample.has(abi::PERF_SAMPLE_TIME)) return nullptr;
  const auto found = images.find(sample.tid);
  if (found == images.end()) return nullptr;
  const RegisterImage& image = found->second.image;
  const bool inside = image.window_start_ns <= sample.time_ns && sample.time_ns <= image.time_ns;
  return inside ? &found->second : nullptr;
}

void RegisterStage::State::drop(std::unordered_map<Tid, KeptImage>::iterator place) {
  if (!place->second.met) ++counts.images_unmatched;
  kept_bytes -= place->second.bytes.capacity();
  images.erase(place);
}

void RegisterStage::State::sweep(std::uint64_t now_ns) {
  for (auto place = images.begin(); place != images.end();) {
    const auto next = std::next(place);
    if (place->second.image.time_ns < now_ns) drop(place);
    place = next;
  }
  sweep_at = std::max(kFirstSweep, 2 * images.size());
}

void RegisterStage::State::apply_image(const Sample& sample, KeptImage& kept, RegisterSets& out) {
  kept.met = true;
  if (kept.image.format == RegisterImage::kXsave) {
    decode_image(kept.image, *table, out.user);
  } else {
    decode_arm64_image(kept.image, out.user);
  }
  out.image_late = (kept.image.flags & RegisterImage::kFlagLate) != 0;
  out.image_at_syscall_exit = sample.mode != CpuMode::user;
  const auto ip = sampled_user_ip(sample, out.user);
  out.image_ip_differs = ip.has_value() && !is_same_place(arch, sample, *ip, kept.image.ip);
  if (out.image_ip_differs) ++counts.images_at_other_ip;
  if (out.image_ip_differs || out.image_late) mark_vectors_untrusted(out.user);
}

std::vector<EventRegisters> event_registers(const EventTable& events, std::optional<SourceKind> source,
                                            abi::Arch arch) {
  std::vector<EventRegisters> result;
  for (const EventDesc& event : events.events) result.push_back(sampled_registers(event.attr, arch));
  if (source != SourceKind::ptrace && source != SourceKind::agent) return result;
  bool stops_are_marked = false;
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i].makes_images = (events.events[i].attr.flags & abi::kAttrSigtrap) != 0;
    stops_are_marked = stops_are_marked || result[i].makes_images;
  }
  if (!stops_are_marked && !result.empty()) result.front().makes_images = true;
  for (EventRegisters& event : result) event.vectors = event.makes_images;
  return result;
}

RegisterStage::RegisterStage(abi::Arch arch, std::optional<abi::XsaveTable> table, std::vector<EventRegisters> events)
    : state_(std::make_unique<State>()) {
  state_->arch = arch;
  state_->table = table;
  state_->events = std::move(events);
}
RegisterStage::RegisterStage(RegisterStage&&) noexcept = default;
RegisterStage& RegisterStage::operator=(RegisterStage&&) noexcept = default;
RegisterStage::~RegisterStage() = default;

Status RegisterStage::observe(const RegisterImage& image) {
  State& state = *state_;
  if (auto checked = state.check(image); !checked) return checked;
  if (state.images.size() >= state.sweep_at) state.sweep(image.window_start_ns);
  if (state.kept_bytes + image.data.size() > kMaxKeptBytes) {
    return fail(Errc::limit, "more register images are open at one time than are kept");
  }
  ++state.counts.images;
  const auto [place, is_new] = state.images.try_emplace(image.tid);
  KeptImage& kept = place->second;
  if (!is_new && !kept.met) ++state.counts.images_unmatched;
  state.kept_bytes -= kept.bytes.capacity();
  kept.bytes.assign(image.data.begin(), image.data.end());
  state.kept_bytes += kept.bytes.capacity();
  kept.image = image;
  kept.image.data = kept.bytes;
  kept.met = false;
  return {};
}

Status RegisterStage::observe(const Record& record) {
  if (const auto* image = std::get_if<RegisterImageRecord>(&record.body)) return observe(image->image);
  if (const auto* comm = std::get_if<CommRecord>(&record.body)) {
    if (comm->exec) forget(comm->tid);
  } else if (const auto* exit = std::get_if<ExitRecord>(&record.body)) {
    forget(exit->tid);
  }
  return {};
}

void RegisterStage::forget(Tid tid) {
  const auto found = state_->images.find(tid);
  if (found != state_->images.end()) state_->drop(found);
}

void RegisterStage::build(const Sample& sample, RegisterSets& out) {
  State& state = *state_;
  out.clear();
  out.user.arch = state.arch;
  out.intr.arch = state.arch;
  if (sample.guest()) {
    out.guest_dropped = sample.regs_user.abi != abi::PERF_SAMPLE_REGS_ABI_NONE ||
                        sample.regs_intr.abi != abi::PERF_SAMPLE_REGS_ABI_NONE;
    return;
  }
  const EventRegisters event = sample.event < state.events.size() ? state.events[sample.event] : EventRegisters{};
  // With precise_ip 1 the record comes from PEBS although its ip is not marked exact.
  const Origin intr_origin = event.precise || sample.exact_ip() ? Origin::pebs : Origin::pmi_xsave;
  const Origin user_origin = sample.mode == CpuMode::user ? intr_origin : Origin::pmi_xsave;
  decode_section(sample.regs_user, user_origin, out.user);
  decode_section(sample.regs_intr, intr_origin, out.intr);
  if (sample.mode == CpuMode::kernel && nmi_did_not_read(out.user)) out.user.gpr_present &= ~kNmiUnreadRegisters;
  out.image_expected = event.makes_images;
  if (!event.makes_images || out.user.has_vectors()) return;  // vectors recorded with the sample itself come first
  if (KeptImage* kept = state.find_image(sample)) {
    state.apply_image(sample, *kept, out);
  } else {
    ++state.counts.samples_without;
  }
}

RegisterStage::Counts RegisterStage::counts() const {
  Counts counts = state_->counts;
  for (const auto& [tid, kept] : state_->images) {
    if (!kept.met) ++counts.images_unmatched;
  }
  return counts;
}

}  // namespace simdprof
