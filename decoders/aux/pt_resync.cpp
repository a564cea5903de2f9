#include "decoders/aux/pt_resync.h"

#include <array>
#include <cstring>
#include <string>

#include <fmt/format.h>

#include "decoders/aux/pt_error_text.h"

namespace simdprof {
namespace {

constexpr std::size_t kHeaderBytes = 16 + 2 + 2 + 9 + 2;  // PSB, MODE.Exec, MODE.TSX, FUP, PSBEND
static_assert(kHeaderBytes <= PtBytes::kHeadroom);

constexpr std::uint8_t kExecModeBits = 0x03;  // of MODE.Exec: CS.L, CS.D
constexpr std::uint8_t kTsxLeaf = 0x20, kInTransaction = 0x01;
constexpr std::uint8_t kFupFullIp = 0xdd;

}  // namespace

PtResync::Cause PtResync::take_cause() {
  for (;;) {
    switch (scan_.next()) {
      case PtScan::Step::end: return Cause::end;
      case PtScan::Step::bad: return Cause::bad;
      case PtScan::Step::packet: break;
    }
    if (scan_.packet().type == ppt_ovf) return Cause::overflow;
    if (scan_.in_header()) continue;
    switch (scan_.packet().type) {
      case ppt_fup:
        if (scan_.carries_ip()) return Cause::flow;
        break;
      case ppt_tip_pge:
        if (scan_.carries_ip()) return Cause::begin;
        break;
      case ppt_tnt_8:
      case ppt_tnt_64:
      case ppt_tip:
      case ppt_tip_pgd: return Cause::flow;
      default: break;
    }
  }
}

/// Puts a PSB packet and its header in front of what comes next: the flow is at `ip`.
void PtResync::write_header(VirtAddr ip) {
  std::array<std::uint8_t, kHeaderBytes> header{};
  std::size_t at = 0;
  for (; at < 16; at += 2) {
    header[at] = 0x02;
    header[at + 1] = 0x82;
  }
  header[at++] = 0x99;
  header[at++] = scan_.exec_mode() & kExecModeBits;
  header[at++] = 0x99;
  header[at++] = kTsxLeaf | (scan_.tsx_mode() & kInTransaction);
  header[at++] = kFupFullIp;
  for (unsigned byte = 0; byte < 8; ++byte) header[at++] = static_cast<std::uint8_t>(ip >> (8 * byte));
  header[at++] = 0x02;
  header[at++] = 0x23;
  const auto target =
      bytes_.with_headroom().subspan(PtBytes::kHeadroom + scan_.end_offset() - kHeaderBytes, kHeaderBytes);
  std::memcpy(target.data(), header.data(), header.size());
}

std::size_t PtResync::at_begin() {
  branches_.begins(here(), scan_.ip());
  write_header(scan_.ip());
  return PtBytes::kHeadroom + scan_.end_offset() - kHeaderBytes;
}

/// Looks at the IP packet that was just taken.
std::optional<std::size_t> PtResync::take_ip() {
  if (!scan_.carries_ip() || (!have_last_ip_ && !scan_.full_ip())) return std::nullopt;
  have_last_ip_ = true;
  if (scan_.packet().type == ppt_tip_pgd) {
    branches_.ends_unseen(here(), scan_.ip());
    return std::nullopt;
  }
  return at_begin();
}

std::optional<std::size_t> PtResync::find(bool full_ip_only) {
  have_last_ip_ = !full_ip_only;
  std::size_t psb = 0;
  bool header_has_ip = false;
  for (;;) {
    switch (scan_.next()) {
      case PtScan::Step::end: return std::nullopt;
      case PtScan::Step::bad: return behind_bad();
      case PtScan::Step::packet: break;
    }
    switch (scan_.packet().type) {
      case ppt_psb:
        psb = scan_.offset();
        header_has_ip = false;
        have_last_ip_ = true;
        break;
      case ppt_psbend:
        if (header_has_ip) return PtBytes::kHeadroom + psb;
        break;
      case ppt_ovf: give_overflow(here(), sink_); break;
      case ppt_fup:
      case ppt_tip:
      case ppt_tip_pge:
      case ppt_tip_pgd:
        if (scan_.in_header()) {
          header_has_ip = header_has_ip || scan_.carries_ip();
        } else if (const auto found = take_ip()) {
          return found;
        }
        break;
      default: break;
    }
  }
}

std::optional<std::size_t> PtResync::at_pair(bool full_ip_only) {
  const PtPair pair = scan_.pair();
  scan_.forget_pair();
  if (!pair.carries_ip || (full_ip_only && !pair.full_ip)) return find(full_ip_only);
  if (!pair.ends) return at_begin();
  branches_.ends_unseen(here(), scan_.ip());
  return find(false);
}

std::optional<std::size_t> PtResync::behind_bad() {
  const std::size_t bad = scan_.offset();
  const std::size_t psb = find_psb(std::as_bytes(bytes_.trace()), bad + 1);
  give_bad_packet(here(), scan_.error(), psb - bad, sink_);
  scan_.seek(psb);
  if (psb >= bytes_.trace().size()) return std::nullopt;
  return PtBytes::kHeadroom + psb;
}

}  // namespace simdprof
