#include "decoders/aux/pt_packet_text.h"

#include <fmt/format.h>

#include "decoders/aux/pt_unknown.h"

namespace simdprof {
namespace {

constexpr std::uint8_t kInterruptFlag = 0x04;  // of MODE.Exec; libipt 2.0 does not decode it

std::uint64_t sign_extend_48(std::uint64_t value) {
  constexpr std::uint64_t kSign = std::uint64_t{1} << 47;
  return (value ^ kSign) - kSign;
}

std::string ip_text(const pt_packet_ip& ip) {
  const auto kind = static_cast<unsigned>(ip.ipc);
  switch (ip.ipc) {
    case pt_ipc_suppressed: return fmt::format("{:x}: ????????????????", kind);
    case pt_ipc_update_16: return fmt::format("{:x}: ????????????{:04x}", kind, ip.ip);
    case pt_ipc_update_32: return fmt::format("{:x}: ????????{:08x}", kind, ip.ip);
    case pt_ipc_update_48: return fmt::format("{:x}: ????{:012x}", kind, ip.ip);
    case pt_ipc_sext_48: return fmt::format("{:x}: {:016x}", kind, sign_extend_48(ip.ip));
    case pt_ipc_full: break;
  }
  return fmt::format("{:x}: {:016x}", kind, ip.ip);
}

std::string tnt_text(const pt_packet_tnt& tnt) {
  std::string text;
  for (unsigned bit = tnt.bit_size; bit-- > 0;) text += ((tnt.payload >> bit) & 1) != 0 ? '!' : '.';
  return text;
}

void append(std::string& text, std::string_view word) {
  if (!text.empty()) text += ", ";
  text += word;
}

PtPacketText mode_text(const pt_packet_mode& mode, std::span<const std::uint8_t> raw) {
  std::string text;
  switch (mode.leaf) {
    case pt_mol_exec:
      if (mode.bits.exec.csd != 0) append(text, "cs.d");
      if (mode.bits.exec.csl != 0) append(text, "cs.l");
      if (raw.size() > 1 && (raw[1] & kInterruptFlag) != 0) append(text, "if");
      return {"mode.exec", text};
    case pt_mol_tsx:
      if (mode.bits.tsx.intx != 0) append(text, "intx");
      if (mode.bits.tsx.abrt != 0) append(text, "abrt");
      return {"mode.tsx", text};
  }
  return {"mode", fmt::format("leaf: {:x}", static_cast<unsigned>(mode.leaf))};
}

std::string_view wake_reason(const pt_packet_pwrx& pwrx) {
  if (pwrx.interrupt + pwrx.store + pwrx.autonomous != 1) return "bad";
  if (pwrx.interrupt != 0) return "int";
  return pwrx.store != 0 ? " st" : " hw";
}

/// C-states count from 1 in the packets' nibbles.
unsigned c_state(unsigned nibble) { return (nibble + 1) & 0xfU; }

PtPacketText power_text(const pt_packet& packet) {
  const auto& payload = packet.payload;
  switch (packet.type) {
    case ppt_exstop: return {"exstop", payload.exstop.ip != 0 ? "ip" : ""};
    case ppt_mwait: return {"mwait", fmt::format("{:08x}, {:08x}", payload.mwait.hints, payload.mwait.ext)};
    case ppt_pwre:
      return {"pwre", fmt::format("c{}.{}{}", c_state(payload.pwre.state), c_state(payload.pwre.sub_state),
                                  payload.pwre.hw != 0 ? ", hw" : "")};
    default:
      return {"pwrx", fmt::format("{}: c{}, c{}", wake_reason(payload.pwrx), c_state(payload.pwrx.last),
                                  c_state(payload.pwrx.deepest))};
  }
}

PtPacketText timing_text(const pt_packet& packet) {
  const auto& payload = packet.payload;
  switch (packet.type) {
    case ppt_tsc: return {"tsc", fmt::format("{:x}", payload.tsc.tsc)};
    case ppt_tma: return {"tma", fmt::format("{:x}, {:x}", payload.tma.ctc, payload.tma.fc)};
    case ppt_mtc: return {"mtc", fmt::format("{:x}", payload.mtc.ctc)};
    case ppt_cyc: return {"cyc", fmt::format("{:x}", payload.cyc.value)};
    default: return {"cbr", fmt::format("{:x}", payload.cbr.ratio)};
  }
}

PtPacketText context_text(const pt_packet& packet) {
  const auto& payload = packet.payload;
  switch (packet.type) {
    case ppt_pip:
      return {"pip",
              fmt::format("{:x}{} cr3 {:016x}", payload.pip.cr3, payload.pip.nr != 0 ? ", nr" : "", payload.pip.cr3)};
    case ppt_vmcs: return {"vmcs", fmt::format("{:x} vmcs {:016x}", payload.vmcs.base, payload.vmcs.base)};
    case ppt_mnt: return {"mnt", fmt::format("{:x}", payload.mnt.payload)};
    default:
      return {"ptw",
              fmt::format("{:x}: {:x}{}", payload.ptw.plc, payload.ptw.payload, payload.ptw.ip != 0 ? ", ip" : "")};
  }
}

}  // namespace

PtPacketText render_pt_packet(const pt_packet& packet, std::span<const std::uint8_t> raw) {
  switch (packet.type) {
    case ppt_pad: return {"pad", {}};
    case ppt_psb: return {"psb", {}};
    case ppt_psbend: return {"psbend", {}};
    case ppt_ovf: return {"ovf", {}};
    case ppt_stop: return {"stop", {}};
    case ppt_fup: return {"fup", ip_text(packet.payload.ip)};
    case ppt_tip: return {"tip", ip_text(packet.payload.ip)};
    case ppt_tip_pge: return {"tip.pge", ip_text(packet.payload.ip)};
    case ppt_tip_pgd: return {"tip.pgd", ip_text(packet.payload.ip)};
    case ppt_tnt_8: return {"tnt.8", tnt_text(packet.payload.tnt)};
    case ppt_tnt_64: return {"tnt.64", tnt_text(packet.payload.tnt)};
    case ppt_mode: return mode_text(packet.payload.mode, raw);
    case ppt_tsc:
    case ppt_tma:
    case ppt_mtc:
    case ppt_cyc:
    case ppt_cbr: return timing_text(packet);
    case ppt_exstop:
    case ppt_mwait:
    case ppt_pwre:
    case ppt_pwrx: return power_text(packet);
    case ppt_pip:
    case ppt_vmcs:
    case ppt_mnt:
    case ppt_ptw: return context_text(packet);
    case ppt_unknown: return {decode_pt_unknown(raw).name, render_pt_unknown(raw)};
    case ppt_invalid: break;
  }
  return {"invalid", {}};
}

}  // namespace simdprof
