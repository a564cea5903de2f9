#include "decoders/aux/pt_flow.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "decoders/aux/pt_branches.h"
#include "decoders/aux/pt_code.h"
#include "decoders/aux/pt_error_text.h"
#include "decoders/aux/pt_event_text.h"
#include "decoders/aux/pt_marks.h"
#include "decoders/aux/pt_place.h"
#include "decoders/aux/pt_resync.h"
#include "decoders/aux/pt_scan.h"
#include "lib/base/check.h"

namespace simdprof {
namespace {

/// Instructions that may follow each other without a packet's help. More is a loop that no packet can leave.
constexpr std::uint64_t kMaxUnaided = 1 << 18;
/// Instructions of a segment: so many, and so many more for each of its bytes.
constexpr std::uint64_t kFreeInstructions = 1 << 19;
constexpr std::uint64_t kInstructionsPerByte = 10'000;
/// Instructions between the last packet of a segment and the PSB packet behind it.
constexpr std::size_t kMaxTail = 1 << 16;
/// Why the flow stopped.
struct Failure {
  pt_error_code error = pte_ok;  ///< libipt's; pte_ok: `runaway`
  VirtAddr ip = 0;               ///< 0: not known
  std::string_view runaway;      ///< a bound of ours
};
constexpr std::string_view kLoop = "the code runs on without a branch that a packet decides";
constexpr std::string_view kTooLong = "more instructions than a trace of this size has";

/// The longest PSB header that is looked at for its IP.
constexpr std::size_t kMaxHeaderBytes = 256;

struct FreeDecoder {
  void operator()(pt_insn_decoder* decoder) const { pt_insn_free_decoder(decoder); }
};
struct FreeImage {
  void operator()(pt_image* image) const { pt_image_free(image); }
};

/// Where the flow is at the PSB packet that `header` starts with; nothing: it is not told, or tracing is off.
std::optional<VirtAddr> header_ip(const PtSetup& setup, std::span<const std::byte> header) {
  PtBytes bytes{header.first(std::min(header.size(), kMaxHeaderBytes))};
  PtScan scan{setup, bytes.trace()};
  std::optional<VirtAddr> ip;
  while (scan.next() == PtScan::Step::packet && scan.packet().type != ppt_psbend) {
    if (scan.packet().type == ppt_fup && scan.carries_ip()) ip = scan.ip();
  }
  return ip;
}

class PtFlow {
 public:
  PtFlow(const PtSetup& setup, const AuxPrograms& programs, const AuxWanted& wanted, const AuxSlice& slice,
         const AuxSegment& segment, AuxSink& sink)
      : wanted_(wanted),
        part_(slice.data.subspan(segment.begin, segment.end - segment.begin)),
        last_segment_(segment.end == slice.data.size()),
        budget_(kFreeInstructions + kInstructionsPerByte * part_.size()),
        sink_(sink),
        bytes_(part_),
        scan_(setup, bytes_.trace()),
        places_(programs, slice, segment.begin),
        code_(programs),
        marks_(setup, places_, sink),
        branches_(wanted, sink, wanted.marks ? &marks_ : nullptr),
        resync_(bytes_, scan_, places_, branches_, sink) {
    if (wanted.marks) scan_.tell([this] { marks_.take(scan_); });
    if (!last_segment_) next_ip_ = header_ip(setup, slice.data.subspan(segment.end));
    image_.reset(pt_image_alloc(nullptr));
    const pt_config config = setup.config(bytes_.with_headroom());
    decoder_.reset(pt_insn_alloc_decoder(&config));
    SIMDPROF_ASSERT(image_ != nullptr && decoder_ != nullptr);
    pt_image_set_callback(image_.get(), read_code, &code_);
    pt_insn_set_image(decoder_.get(), image_.get());
  }

  void run() {
    const std::size_t start = find_psb(part_, 0);
    if (start != 0) give_unsynced(places_.at(0, AuxPlace::kNoAuxTime), start, sink_);
    if (start == part_.size()) return;
    scan_.seek(start);
    std::optional<std::size_t> sync = PtBytes::kHeadroom + start;
    while (sync) sync = follow(*sync);
    if (!wanted_.marks) return;
    scan_.advance_to(part_.size());
    marks_.end();
  }

 private:
  static int read_code(std::uint8_t* buffer, std::size_t size, const pt_asid*, std::uint64_t ip, void* context) {
    const std::size_t got = static_cast<PtCode*>(context)->read(ip, std::as_writable_bytes(std::span(buffer, size)));
    return got != 0 ? static_cast<int>(got) : -pte_nomap;
  }

  std::optional<std::size_t> follow(std::size_t sync);
  int drain_events(int status);
  void give_event(const pt_event& event);
  void take_event(const pt_event& event);
  std::optional<std::size_t> recover(const Failure& failure);
  void give_error(const Failure& failure);
  bool runs_away(const pt_insn& instruction);
  void finish();
  void end_before(const pt_insn& instruction);
  void walk_to_next_segment();
  const AuxPlace& place();
  void update_context();

  AuxWanted wanted_;
  std::span<const std::byte> part_;
  bool last_segment_;
  std::optional<VirtAddr> next_ip_;  ///< where the flow is when the next segment begins
  std::uint64_t budget_;
  std::uint64_t unaided_ = 0;
  std::uint64_t position_ = 0;  ///< libipt's, in the segment
  AuxSink& sink_;
  PtBytes bytes_;
  PtScan scan_;
  PtPlaces places_;
  PtCode code_;
  PtMarks marks_;
  PtBranches branches_;
  PtResync resync_;
  std::unique_ptr<pt_image, FreeImage> image_;
  std::unique_ptr<pt_insn_decoder, FreeDecoder> decoder_;
};

/// Takes up what the packets say that libipt has used.
void PtFlow::update_context() {
  std::uint64_t offset = 0;
  if (pt_insn_get_offset(decoder_.get(), &offset) < 0 || offset <= PtBytes::kHeadroom) return;
  offset -= PtBytes::kHeadroom;
  if (offset == position_) return;
  position_ = offset;
  unaided_ = 0;
  scan_.advance_to(offset);
  branches_.ticks(scan_.flow_cycles());
  const AuxPlace& now = place();
  code_.set_context(now.pid, now.time_ns, scan_.guest());
}

const AuxPlace& PtFlow::place() { return places_.at(scan_.flow_offset(), scan_.flow_time_ns()); }

/// @param sync  offset of a PSB packet for libipt
/// @return where to sync next; nothing: the segment is done
std::optional<std::size_t> PtFlow::follow(std::size_t sync) {
  int status = pt_insn_sync_set(decoder_.get(), sync);
  update_context();
  for (;;) {
    status = drain_events(status);
    if (status < 0) return recover({pt_errcode(status), 0, {}});
    if ((status & pts_eos) != 0) {
      finish();
      return std::nullopt;
    }
    pt_insn instruction{};
    status = pt_insn_next(decoder_.get(), &instruction, sizeof instruction);
    if (status == -pte_eos) {
      end_before(instruction);
      return std::nullopt;
    }
    if (instruction.iclass != ptic_error) {
      branches_.executed(place(), instruction);
    } else if (instruction.ip != 0) {
      branches_.arrives(place(), instruction.ip);
    }
    update_context();
    if (status < 0) return recover({pt_errcode(status), instruction.ip, {}});
    if (runs_away(instruction)) return recover({pte_ok, instruction.ip, kLoop});
    if (--budget_ == 0) {
      give_error({pte_ok, instruction.ip, kTooLong});
      return std::nullopt;
    }
  }
}

/// Code that goes on and on without a branch that a packet decides.
bool PtFlow::runs_away(const pt_insn& instruction) {
  switch (instruction.iclass) {
    case ptic_cond_jump:
    case ptic_return:
    case ptic_far_call:
    case ptic_far_return:
    case ptic_far_jump: unaided_ = 0; return false;
    default: return ++unaided_ > kMaxUnaided;
  }
}

int PtFlow::drain_events(int status) {
  while (status >= 0 && (status & pts_event_pending) != 0) {
    pt_event event{};
    status = pt_insn_event(decoder_.get(), &event, sizeof event);
    if (status < 0) break;
    // The flow has come to it. What is read on next may be another.
    if (event.type == ptev_async_branch || event.type == ptev_async_disabled) scan_.forget_pair();
    update_context();
    if (event.status_update != 0) continue;
    give_event(event);
    take_event(event);
  }
  return status;
}

void PtFlow::give_event(const pt_event& event) {
  if (!wanted_.events) return;
  const PtEventText text = render_pt_event(event);
  AuxEvent out;
  out.place = place();
  out.name = text.name;
  out.ip = text.ip;
  out.value = text.value;
  out.text = text.text;
  sink_.on_event(out);
}

void PtFlow::take_event(const pt_event& event) {
  const auto& is = event.variant;
  const bool told = event.ip_suppressed == 0;
  switch (event.type) {
    case ptev_enabled:
      branches_.ticks(scan_.begin_cycles());
      branches_.begins(place(), is.enabled.ip);
      return;
    case ptev_disabled:
      branches_.ticks(scan_.end_cycles());
      branches_.ends(place(), told ? is.disabled.ip : 0);
      return;
    case ptev_async_disabled:
      branches_.ticks(scan_.end_cycles());
      branches_.ends_async(place(), is.async_disabled.at, told ? is.async_disabled.ip : 0);
      return;
    case ptev_async_branch: branches_.interrupted(place(), is.async_branch.from, told ? is.async_branch.to : 0); return;
    case ptev_overflow:
      give_overflow(place(), sink_);
      branches_.loses_flow();
      if (told) branches_.begins(place(), is.overflow.ip);
      return;
    case ptev_tsx:
      if (is.tsx.aborted != 0) branches_.aborts();
      return;
    default: return;
  }
}

void PtFlow::give_error(const Failure& failure) {
  const AuxPlace& at = place();
  if (!failure.runaway.empty()) {
    give_pt_error(at, failure.ip, "loop", failure.runaway, sink_);
    return;
  }
  if (failure.error != pte_nomap) {
    give_pt_error(at, failure.ip, pt_error_name(failure.error), pt_errstr(failure.error), sink_);
    return;
  }
  const std::string name = code_.mapped_name(failure.ip);
  if (name.empty()) {
    give_pt_error(at, failure.ip, "nomap", "no mapping is known there", sink_);
  } else {
    give_missing_code(at, failure.ip, name, sink_);
  }
}

/// Finds where the flow goes on. Whether the flow was needed, as far as it failed, is told by the packets that follow.
std::optional<std::size_t> PtFlow::recover(const Failure& failure) {
  const pt_error_code error = failure.error;
  if (error == pte_eos) return std::nullopt;
  if (scan_.pair().state == PtPair::State::complete) {
    give_error(failure);
    branches_.loses_flow();
    return resync_.at_pair(error == pte_nomap);
  }
  const PtResync::Cause cause = resync_.take_cause();
  const bool bad_packet = error == pte_bad_opc || error == pte_bad_packet;
  if (cause == PtResync::Cause::flow || (cause == PtResync::Cause::bad && !bad_packet) ||
      (cause == PtResync::Cause::end && (!last_segment_ || error != pte_nomap)) ||
      (cause == PtResync::Cause::begin && error != pte_nomap)) {
    give_error(failure);
  }
  branches_.loses_flow();
  switch (cause) {
    case PtResync::Cause::end: return std::nullopt;
    case PtResync::Cause::bad: return resync_.behind_bad();
    case PtResync::Cause::begin: return resync_.at_begin();
    case PtResync::Cause::overflow: give_overflow(place(), sink_); return resync_.find(false);
    case PtResync::Cause::flow: break;
  }
  // As perf does: an address that builds on the last one is not trusted where the code is not known.
  return resync_.find(error == pte_nomap);
}

/// The packet that decides where `instruction` goes is missing.
void PtFlow::end_before(const pt_insn& instruction) {
  if (instruction.ip != 0) branches_.arrives(place(), instruction.ip);
  if (next_ip_ && instruction.ip != *next_ip_) give_error({pte_bad_status_update, *next_ip_, {}});
}

/// No packet is left. The flow is told as far as the next segment begins, or up to the last packet's branch.
void PtFlow::finish() {
  if (next_ip_) {
    walk_to_next_segment();
    return;
  }
  pt_insn next{};
  (void)pt_insn_next(decoder_.get(), &next, sizeof next);
  if (next.ip != 0) branches_.arrives(place(), next.ip);
}

void PtFlow::walk_to_next_segment() {
  std::vector<pt_insn> tail;
  while (tail.size() < kMaxTail) {
    pt_insn next{};
    const int status = pt_insn_next(decoder_.get(), &next, sizeof next);
    if (next.ip == 0) return;
    const bool there = next.ip == *next_ip_;
    if (there || next.iclass == ptic_error) {
      for (const pt_insn& instruction : tail) branches_.executed(place(), instruction);
      branches_.arrives(place(), next.ip);
      if (!there) give_error({pt_errcode(status), next.ip, {}});
      return;
    }
    tail.push_back(next);
    if (status < 0 || (status & pts_event_pending) != 0) break;
  }
  give_error({pte_bad_status_update, *next_ip_, {}});
}

}  // namespace

void decode_pt_flow(const PtSetup& setup, const AuxPrograms& programs, const AuxWanted& wanted, const AuxSlice& slice,
                    const AuxSegment& segment, AuxSink& sink) {
  PtFlow{setup, programs, wanted, slice, segment, sink}.run();
}

}  // namespace simdprof
