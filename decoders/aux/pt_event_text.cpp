#include "decoders/aux/pt_event_text.h"

#include <fmt/format.h>

namespace simdprof {
namespace {

/// The event's own address, where the trace has it.
VirtAddr known(const pt_event& event, VirtAddr ip) { return event.ip_suppressed != 0 ? 0 : ip; }

std::string_view mode_name(pt_exec_mode mode) {
  switch (mode) {
    case ptem_16bit: return "16-bit";
    case ptem_32bit: return "32-bit";
    case ptem_64bit: return "64-bit";
    case ptem_unknown: break;
  }
  return "unknown";
}

/// C-states count from 1 in the packets' nibbles.
unsigned c_state(unsigned nibble) { return (nibble + 1) & 0xfU; }

PtEventText flow_text(const pt_event& event) {
  const auto& is = event.variant;
  switch (event.type) {
    case ptev_enabled: return {is.enabled.resumed != 0 ? "resumed" : "enabled", is.enabled.ip, 0, {}};
    case ptev_disabled: return {"disabled", known(event, is.disabled.ip), 0, {}};
    case ptev_async_disabled:
      return {"disabled", is.async_disabled.at, known(event, is.async_disabled.ip),
              fmt::format("at: {:016x}", is.async_disabled.at)};
    case ptev_async_branch:
      return {"interrupt", is.async_branch.from, known(event, is.async_branch.to),
              fmt::format("from: {:016x}, to: {:016x}", is.async_branch.from, known(event, is.async_branch.to))};
    case ptev_overflow: return {"overflow", known(event, is.overflow.ip), 0, {}};
    default: return {"stop", 0, 0, {}};
  }
}

PtEventText context_text(const pt_event& event) {
  const auto& is = event.variant;
  switch (event.type) {
    case ptev_paging:
      return {"paging", 0, is.paging.cr3,
              fmt::format("cr3: {:016x}{}", is.paging.cr3, is.paging.non_root != 0 ? ", nr" : "")};
    case ptev_async_paging:
      return {"paging", is.async_paging.ip, is.async_paging.cr3,
              fmt::format("cr3: {:016x}{}", is.async_paging.cr3, is.async_paging.non_root != 0 ? ", nr" : "")};
    case ptev_exec_mode:
      return {"exec mode", known(event, is.exec_mode.ip), static_cast<std::uint64_t>(is.exec_mode.mode),
              std::string{mode_name(is.exec_mode.mode)}};
    case ptev_vmcs: return {"vmcs", 0, is.vmcs.base, fmt::format("base: {:016x}", is.vmcs.base)};
    case ptev_async_vmcs:
      return {"vmcs", is.async_vmcs.ip, is.async_vmcs.base, fmt::format("base: {:016x}", is.async_vmcs.base)};
    default: break;
  }
  const VirtAddr ip = known(event, is.tsx.ip);
  if (is.tsx.aborted != 0) return {"aborted", ip, 0, {}};
  return {is.tsx.speculative != 0 ? "begin transaction" : "committed", ip, 0, {}};
}

PtEventText power_text(const pt_event& event) {
  const auto& is = event.variant;
  switch (event.type) {
    case ptev_exstop: return {"exstop", known(event, is.exstop.ip), 0, {}};
    case ptev_mwait:
      return {"mwait", known(event, is.mwait.ip), is.mwait.hints,
              fmt::format("{:x} {:x}", is.mwait.hints, is.mwait.ext)};
    case ptev_pwre:
      return {
          "pwre", 0, is.pwre.state,
          fmt::format("c{}.{}{}", c_state(is.pwre.state), c_state(is.pwre.sub_state), is.pwre.hw != 0 ? " hw" : "")};
    default: break;
  }
  std::string text;
  if (is.pwrx.interrupt != 0) text += "int: ";
  if (is.pwrx.store != 0) text += "st: ";
  if (is.pwrx.autonomous != 0) text += "hw: ";
  return {"pwrx", 0, is.pwrx.last, text + fmt::format("c{} (c{})", c_state(is.pwrx.last), c_state(is.pwrx.deepest))};
}

}  // namespace

PtEventText render_pt_event(const pt_event& event) {
  const auto& is = event.variant;
  switch (event.type) {
    case ptev_enabled:
    case ptev_disabled:
    case ptev_async_disabled:
    case ptev_async_branch:
    case ptev_overflow:
    case ptev_stop: return flow_text(event);
    case ptev_paging:
    case ptev_async_paging:
    case ptev_exec_mode:
    case ptev_tsx:
    case ptev_vmcs:
    case ptev_async_vmcs: return context_text(event);
    case ptev_exstop:
    case ptev_mwait:
    case ptev_pwre:
    case ptev_pwrx: return power_text(event);
    case ptev_ptwrite:
      return {"ptwrite", known(event, is.ptwrite.ip), is.ptwrite.payload, fmt::format("{:x}", is.ptwrite.payload)};
    case ptev_tick: return {"tick", known(event, is.tick.ip), 0, {}};
    case ptev_cbr: return {"cbr", 0, is.cbr.ratio, fmt::format("{:x}", is.cbr.ratio)};
    case ptev_mnt: return {"mnt", 0, is.mnt.payload, fmt::format("{:x}", is.mnt.payload)};
  }
  return {"unknown", 0, 0, {}};
}

}  // namespace simdprof
