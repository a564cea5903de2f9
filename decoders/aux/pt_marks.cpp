#include "decoders/aux/pt_marks.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <span>

namespace simdprof {
namespace {

constexpr std::size_t kOpcodeBytes = 2;  // of all packets that are marks
/// Packets that wait for one FUP packet; a processor gives one or two.
constexpr std::size_t kMostForFup = 256;

std::optional<AuxMarkFacts::Kind> find_kind(pt_packet_type type) {
  using Kind = AuxMarkFacts::Kind;
  switch (type) {
    case ppt_ptw: return Kind::ptwrite;
    case ppt_cbr: return Kind::cbr;
    case ppt_psb: return Kind::psb;
    case ppt_mwait: return Kind::mwait;
    case ppt_pwre: return Kind::pwre;
    case ppt_exstop: return Kind::exstop;
    case ppt_pwrx: return Kind::pwrx;
    default: return std::nullopt;
  }
}

/// Packets that may stand between one that waits for its FUP packet and that.
bool is_between(pt_packet_type type) {
  switch (type) {
    case ppt_pad:
    case ppt_tsc:
    case ppt_tma:
    case ppt_mtc:
    case ppt_cyc:
    case ppt_mode:
    case ppt_mnt: return true;
    default: return find_kind(type) && type != ppt_psb;
  }
}

std::uint64_t payload_word(std::span<const std::uint8_t> raw) {
  std::uint64_t word = 0;
  for (std::size_t i = kOpcodeBytes; i < std::min(raw.size(), kOpcodeBytes + sizeof word); ++i) {
    word |= std::uint64_t{raw[i]} << (8 * (i - kOpcodeBytes));
  }
  return word;
}

/// Ticks of the time stamp counter in a second; 0: not known.
std::uint64_t tsc_frequency(const abi::TimeConversion& time) {
  constexpr std::uint64_t kSecond = 1'000'000'000;  // ns
  if (!time.known || time.mult == 0 || time.shift > 32) return 0;
  return (kSecond / time.mult << time.shift) + (kSecond % time.mult << time.shift) / time.mult;
}

}  // namespace

// As perf does: the bus is taken to run at 100 MHz where the recording does not tell the ratio.
PtMarks::PtMarks(const PtSetup& setup, const PtPlaces& places, AuxSink& sink)
    : sink_(sink), places_(places), nominal_ratio_(setup.nominal_ratio) {
  constexpr std::uint64_t kBusHz = 100'000'000;
  const std::uint64_t frequency = tsc_frequency(setup.time);
  std::uint64_t ratio = setup.nominal_ratio;
  if (ratio == 0) ratio = (frequency + kBusHz / 2) / kBusHz;
  if (ratio == 0) return;
  nominal_ratio_ = static_cast<std::uint8_t>(ratio);
  constexpr std::uint64_t kMostKhz = std::numeric_limits<std::uint32_t>::max() / 0xff;  // a ratio has 8 bits
  bus_khz_ = static_cast<std::uint32_t>(std::min(frequency / ratio / 1000, kMostKhz));
}

/// The last packet of the flow may tell where that goes on; libipt reads on before it says so.
void PtMarks::follow(const PtScan& scan) {
  switch (scan.packet().type) {
    case ppt_fup:
    case ppt_tip:
    case ppt_tip_pge:
    case ppt_tip_pgd:
      told_ip_.reset();
      if (scan.carries_ip()) told_ip_ = scan.ip();
      return;
    case ppt_tnt_8:
    case ppt_tnt_64:
    case ppt_ovf: told_ip_.reset(); return;
    default: return;
  }
}

void PtMarks::take(const PtScan& scan) {
  const pt_packet_type type = scan.packet().type;
  follow(scan);
  if (scan.in_header() || type == ppt_psbend) return take_header(scan);
  if (type == ppt_fup) return take_fup(scan);
  if (!for_fup_.empty() && !is_between(type)) release();
  if (const auto kind = find_kind(type)) take_mark(scan, *kind);
}

void PtMarks::take_header(const PtScan& scan) {
  switch (scan.packet().type) {
    case ppt_psb:
      release();
      header_.clear();
      header_ip_ = 0;
      header_.push_back(make(scan, Kind::psb));
      return;
    case ppt_cbr: header_.push_back(make(scan, Kind::cbr)); return;
    case ppt_fup:
      if (scan.carries_ip()) header_ip_ = scan.ip();
      return;
    case ppt_ovf: header_.clear(); return;  // it cuts the header off
    case ppt_psbend: give_header(scan); return;
    default: return;
  }
}

/// At its end: its time is told behind the PSB packet.
void PtMarks::give_header(const PtScan& scan) {
  for (AuxMark& mark : header_) {
    const std::uint64_t offset = mark.place.offset;
    mark.place = places_.at(scan.offset(), scan.clock().time_ns());
    mark.place.offset = offset;
    mark.ip = header_ip_;
    give(mark, true);
  }
  header_.clear();
}

bool PtMarks::waits_for_fup(const PtScan& scan, Kind kind) const {
  const auto& is = scan.packet().payload;
  switch (kind) {
    case Kind::ptwrite: return is.ptw.ip != 0;
    case Kind::exstop: return is.exstop.ip != 0;
    case Kind::mwait: return true;
    case Kind::pwre: return mwait_waits_;  // the one that the MWAIT packet before it caused
    case Kind::cbr:
    case Kind::psb:
    case Kind::pwrx: return false;
  }
  return false;
}

void PtMarks::take_mark(const PtScan& scan, Kind kind) {
  const AuxMark mark = make(scan, kind);
  if (waits_for_fup(scan, kind)) {
    if (for_fup_.size() == kMostForFup) release();
    for_fup_.push_back(mark);
    mwait_waits_ = mwait_waits_ || kind == Kind::mwait;
  } else {
    give(mark, false);
  }
}

void PtMarks::take_fup(const PtScan& scan) {
  if (!scan.carries_ip()) return release();
  for (AuxMark& mark : for_fup_) {
    mark.ip = scan.ip();
    mark.facts.has_ip = mark.facts.kind == Kind::ptwrite || mark.facts.kind == Kind::exstop;
    give(mark, true);
  }
  for_fup_.clear();
  mwait_waits_ = false;
}

/// The FUP packet did not come, as where the trace overflowed.
void PtMarks::release() {
  for (const AuxMark& mark : for_fup_) give(mark, false);
  for_fup_.clear();
  mwait_waits_ = false;
}

AuxMark PtMarks::make(const PtScan& scan, Kind kind) {
  AuxMark mark;
  mark.place = places_.at(scan.offset(), scan.clock().time_ns());
  mark.facts.kind = kind;
  mark.facts.payload = kind == Kind::psb ? mark.place.offset : payload_word(scan.raw());
  if (kind != Kind::cbr) return mark;
  mark.facts.payload &= 0xffU;
  mark.facts.bus_khz = bus_khz_;
  mark.facts.nominal_ratio = nominal_ratio_;
  return mark;
}

/// @param placed  its address is known
void PtMarks::give(const AuxMark& mark, bool placed) {
  AuxMark out = mark;
  if (!placed) out.ip = told_ip_.value_or(ip_);
  placed = placed || told_ip_ || standing_;
  if (placed && waiting_.empty()) return sink_.on_mark(out);
  waiting_.push_back({out, placed});
}

void PtMarks::stands(VirtAddr ip) {
  ip_ = ip;
  standing_ = true;
  for (Waiting& waiting : waiting_) {
    if (!waiting.placed) waiting.mark.ip = ip;
    sink_.on_mark(waiting.mark);
  }
  waiting_.clear();
}

void PtMarks::end() {
  release();
  if (!standing_) stands(0);
}

}  // namespace simdprof
