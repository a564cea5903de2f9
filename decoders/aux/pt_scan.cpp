#include "decoders/aux/pt_scan.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "lib/base/check.h"

namespace simdprof {
namespace {

constexpr std::size_t kPsbBytes = 16;
constexpr std::array<std::uint8_t, 2> kPsbPair = {0x02, 0x82};

bool psb_pair_at(std::span<const std::byte> bytes, std::size_t offset) {
  return offset + kPsbPair.size() <= bytes.size() && bytes[offset] == std::byte{kPsbPair[0]} &&
         bytes[offset + 1] == std::byte{kPsbPair[1]};
}

bool is_timing(pt_packet_type type) {
  switch (type) {
    case ppt_pad:
    case ppt_tsc:
    case ppt_tma:
    case ppt_mtc:
    case ppt_cyc: return true;
    default: return false;
  }
}

VirtAddr replace_low(VirtAddr old, VirtAddr low, unsigned bits) {
  const VirtAddr mask = (VirtAddr{1} << bits) - 1;
  return (old & ~mask) | (low & mask);
}

VirtAddr sign_extend_48(VirtAddr value) {
  constexpr VirtAddr kSign = VirtAddr{1} << 47;
  return ((value & ((kSign << 1) - 1)) ^ kSign) - kSign;
}

}  // namespace

PtBytes::PtBytes(std::span<const std::byte> trace) : bytes_(kHeadroom + trace.size()) {
  if (!trace.empty()) std::memcpy(bytes_.data() + kHeadroom, trace.data(), trace.size());
}

std::size_t find_psb(std::span<const std::byte> bytes, std::size_t from) {
  static constexpr std::array<std::uint8_t, kPsbBytes> kPsb = {2, 0x82, 2, 0x82, 2, 0x82, 2, 0x82,
                                                               2, 0x82, 2, 0x82, 2, 0x82, 2, 0x82};
  if (from >= bytes.size()) return bytes.size();
  const void* found = memmem(bytes.data() + from, bytes.size() - from, kPsb.data(), kPsb.size());
  if (found == nullptr) return bytes.size();
  auto offset = static_cast<std::size_t>(static_cast<const std::byte*>(found) - bytes.data());
  while (psb_pair_at(bytes, offset + kPsbBytes)) offset += kPsbPair.size();
  return offset;
}

PtScan::PtScan(const PtSetup& setup, std::span<std::uint8_t> trace) : trace_(trace), clock_(setup) {
  const pt_config config = setup.config(trace);
  skd007_ = config.errata.skd007 != 0;
  decoder_.reset(pt_pkt_alloc_decoder(&config));
  SIMDPROF_ASSERT(decoder_ != nullptr || trace.empty());
  if (decoder_ != nullptr) pt_pkt_sync_set(decoder_.get(), 0);
}

PtScan::Step PtScan::next() {
  offset_ = end_;
  if (offset_ >= trace_.size() || error_ != pte_ok) return error_ == pte_ok ? Step::end : Step::bad;
  const int size = pt_pkt_next(decoder_.get(), &packet_, sizeof packet_);
  if (size <= 0) {
    if (size == -pte_eos) return Step::end;
    error_ = pt_errcode(size);
    return Step::bad;
  }
  end_ = std::min(offset_ + static_cast<std::size_t>(size), trace_.size());
  if (overflow_cuts_cycles()) {
    packet_.type = ppt_ovf;
    end_ += 1;
    pt_pkt_sync_set(decoder_.get(), end_);
  }
  apply();
  if (taken_) taken_();
  return Step::packet;
}

/// Erratum SKD007: an OVF packet may come behind the first byte of a CYC packet, whose second byte then is the OVF
/// packet's first. libipt mends it in the flow alone.
bool PtScan::overflow_cuts_cycles() const {
  return skd007_ && packet_.type == ppt_cyc && end_ - offset_ == 2 && trace_[offset_ + 1] == 0x02 &&
         end_ < trace_.size() && trace_[end_] == 0xf3;
}

void PtScan::advance_to(std::size_t offset) {
  while (end_ < offset && next() == Step::packet) {
  }
}

void PtScan::seek(std::size_t offset) {
  SIMDPROF_ASSERT(offset >= end_);
  offset_ = end_ = offset;
  error_ = pte_ok;
  in_header_ = false;
  if (decoder_ != nullptr && offset < trace_.size()) pt_pkt_sync_set(decoder_.get(), offset);
}

void PtScan::apply() {
  carries_ip_ = full_ip_ = false;
  if (!is_timing(packet_.type)) {
    flow_offset_ = offset_;
    flow_time_ns_ = clock_.time_ns();
    flow_cycles_ = cycles_;
    if (packet_.type == ppt_tip_pge) begin_cycles_ = cycles_;
    if (packet_.type == ppt_tip_pgd) end_cycles_ = cycles_;
  }
  switch (packet_.type) {
    case ppt_psb:
      in_header_ = true;
      ip_ = 0;
      pair_ = {};
      return;
    case ppt_psbend: in_header_ = false; return;
    case ppt_fup:
    case ppt_tip:
    case ppt_tip_pge:
    case ppt_tip_pgd:
      apply_ip(packet_.payload.ip);
      apply_pair();
      return;
    case ppt_tnt_8:
    case ppt_tnt_64:
    case ppt_ovf: pair_ = {}; break;
    case ppt_mode:
      if (packet_.payload.mode.leaf == pt_mol_exec) exec_mode_ = trace_[offset_ + 1];
      if (packet_.payload.mode.leaf == pt_mol_tsx) tsx_mode_ = trace_[offset_ + 1];
      return;
    case ppt_cyc: cycles_ += packet_.payload.cyc.value; break;
    case ppt_pip: guest_ = packet_.payload.pip.nr != 0; return;
    default: break;
  }
  clock_.apply(packet_);
}

void PtScan::apply_pair() {
  const bool tip = packet_.type == ppt_tip || packet_.type == ppt_tip_pgd;
  if (tip && pair_.state == PtPair::State::fup) {
    pair_ = {PtPair::State::complete, packet_.type == ppt_tip_pgd, carries_ip_, full_ip_};
    return;
  }
  pair_ = {};
  if (packet_.type == ppt_fup && !in_header_) pair_.state = PtPair::State::fup;
}

void PtScan::apply_ip(const pt_packet_ip& ip) {
  carries_ip_ = ip.ipc != pt_ipc_suppressed;
  full_ip_ = ip.ipc == pt_ipc_sext_48 || ip.ipc == pt_ipc_full;
  switch (ip.ipc) {
    case pt_ipc_suppressed: return;
    case pt_ipc_update_16: ip_ = replace_low(ip_, ip.ip, 16); return;
    case pt_ipc_update_32: ip_ = replace_low(ip_, ip.ip, 32); return;
    case pt_ipc_update_48: ip_ = replace_low(ip_, ip.ip, 48); return;
    case pt_ipc_sext_48: ip_ = sign_extend_48(ip.ip); return;
    case pt_ipc_full: ip_ = ip.ip; return;
  }
}

}  // namespace simdprof
