#include "decoders/aux/cs_convert.h"

#include <algorithm>
#include <cstring>

namespace simdprof {
namespace {

CsKind convert_kind(ocsd_gen_trc_elem_t type) {
  switch (type) {
    case OCSD_GEN_TRC_ELEM_UNKNOWN: return CsKind::unknown;
    case OCSD_GEN_TRC_ELEM_NO_SYNC: return CsKind::no_sync;
    case OCSD_GEN_TRC_ELEM_TRACE_ON: return CsKind::trace_on;
    case OCSD_GEN_TRC_ELEM_EO_TRACE: return CsKind::end_of_trace;
    case OCSD_GEN_TRC_ELEM_PE_CONTEXT: return CsKind::context;
    case OCSD_GEN_TRC_ELEM_INSTR_RANGE: return CsKind::range;
    case OCSD_GEN_TRC_ELEM_I_RANGE_NOPATH: return CsKind::range_without_path;
    case OCSD_GEN_TRC_ELEM_ADDR_NACC: return CsKind::no_code;
    case OCSD_GEN_TRC_ELEM_ADDR_UNKNOWN: return CsKind::address_unknown;
    case OCSD_GEN_TRC_ELEM_EXCEPTION: return CsKind::exception;
    case OCSD_GEN_TRC_ELEM_EXCEPTION_RET: return CsKind::exception_return;
    case OCSD_GEN_TRC_ELEM_TIMESTAMP: return CsKind::timestamp;
    case OCSD_GEN_TRC_ELEM_CYCLE_COUNT: return CsKind::cycle_count;
    case OCSD_GEN_TRC_ELEM_EVENT: return CsKind::event;
    case OCSD_GEN_TRC_ELEM_SWTRACE: return CsKind::software;
    case OCSD_GEN_TRC_ELEM_SYNC_MARKER: return CsKind::sync_marker;
    case OCSD_GEN_TRC_ELEM_MEMTRANS: return CsKind::transaction;
    case OCSD_GEN_TRC_ELEM_CUSTOM: return CsKind::custom;
    default: return CsKind::unknown;  // of a later library
  }
}

/// The library leaves enumerators unset where they mean nothing, so that they are read as numbers.
template <class Enumeration>
std::uint32_t number_of(const Enumeration& value) {
  std::uint32_t number = 0;
  static_assert(sizeof(number) == sizeof(value));
  std::memcpy(&number, &value, sizeof(number));
  return number;
}

CsLast convert_last(const ocsd_instr_type& type) {
  switch (number_of(type)) {
    case OCSD_INSTR_BR: return CsLast::branch;
    case OCSD_INSTR_BR_INDIRECT: return CsLast::indirect_branch;
    case OCSD_INSTR_ISB:
    case OCSD_INSTR_DSB_DMB: return CsLast::barrier;
    case OCSD_INSTR_WFI_WFE: return CsLast::wait;
    case OCSD_INSTR_TSTART: return CsLast::transaction_start;
    default: return CsLast::other;
  }
}

CsLastKind convert_last_kind(const ocsd_instr_subtype& type) {
  switch (number_of(type)) {
    case OCSD_S_INSTR_BR_LINK: return CsLastKind::call;
    case OCSD_S_INSTR_V8_RET:
    case OCSD_S_INSTR_V7_IMPLIED_RET: return CsLastKind::ret;
    case OCSD_S_INSTR_V8_ERET: return CsLastKind::exception_return;
    default: return CsLastKind::none;
  }
}

CsInstructionSet convert_set(const ocsd_isa& isa) {
  switch (number_of(isa)) {
    case ocsd_isa_arm: return CsInstructionSet::a32;
    case ocsd_isa_thumb2: return CsInstructionSet::t32;
    case ocsd_isa_aarch64: return CsInstructionSet::a64;
    default: return CsInstructionSet::other;
  }
}

void convert_range(const ocsd_generic_trace_elem& in, CsElement& out) {
  out.set = convert_set(in.isa);
  out.instructions = in.num_instr_range;
  out.last = convert_last(in.last_i_type);
  out.last_kind = convert_last_kind(in.last_i_subtype);
  out.last_bytes = static_cast<std::uint8_t>(in.last_instr_sz);
  out.last_executed = in.last_instr_exec != 0;
  out.last_conditional = in.last_instr_cond != 0;
}

void convert_context(const ocsd_pe_context& in, CsElement& out) {
  out.has_context_id = in.ctxt_id_valid != 0;
  out.context_id = in.context_id;
  out.has_vmid = in.vmid_valid != 0;
  out.vmid = in.vmid;
}

void convert_software(const ocsd_generic_trace_elem& in, CsElement& out) {
  if (in.ptr_extended_data == nullptr) return;
  const std::size_t bits =
      std::size_t{in.sw_trace_info.swt_payload_pkt_bitsize} * in.sw_trace_info.swt_payload_num_packets;
  std::memcpy(&out.payload, in.ptr_extended_data, std::min((bits + 7) / 8, sizeof(out.payload)));
}

}  // namespace

CsElement convert_element(const ocsd_generic_trace_elem& in) {
  CsElement out;
  out.kind = convert_kind(in.elem_type);
  out.start = in.st_addr;
  out.end = in.en_addr;
  if (out.kind == CsKind::range || out.kind == CsKind::cycle_count) {
    out.has_cycles = in.has_cc != 0;
    out.cycles = in.cycle_count;
  }
  switch (out.kind) {
    case CsKind::range: convert_range(in, out); break;
    case CsKind::context: convert_context(in.context, out); break;
    case CsKind::exception:
      out.number = in.exception_number;
      out.has_return = in.excep_ret_addr != 0;
      break;
    case CsKind::event: out.number = in.trace_event.ev_number; break;
    case CsKind::no_sync:
      out.overflow = in.unsync_eot_info == UNSYNC_OVERFLOW;
      out.damaged = in.unsync_eot_info == UNSYNC_BAD_PACKET;
      break;
    case CsKind::trace_on: out.overflow = in.trace_on_reason == TRACE_ON_OVERFLOW; break;
    case CsKind::timestamp: out.timestamp = in.timestamp; break;
    case CsKind::software: convert_software(in, out); break;
    case CsKind::sync_marker: out.number = in.sync_marker.value; break;
    case CsKind::transaction: out.number = static_cast<std::uint32_t>(in.mem_trans); break;
    case CsKind::unknown:
    case CsKind::end_of_trace:
    case CsKind::range_without_path:
    case CsKind::no_code:
    case CsKind::address_unknown:
    case CsKind::exception_return:
    case CsKind::cycle_count:
    case CsKind::custom: break;
  }
  return out;
}

ocsd_generic_trace_elem printable_element(const ocsd_generic_trace_elem& element) {
  ocsd_generic_trace_elem out{};
  std::memcpy(&out, &element, sizeof(out));
  if (number_of(element.isa) > ocsd_isa_unknown) out.isa = ocsd_isa_unknown;
  if (number_of(element.last_i_type) > OCSD_INSTR_TSTART) out.last_i_type = OCSD_INSTR_OTHER;
  if (number_of(element.last_i_subtype) > OCSD_S_INSTR_V7_IMPLIED_RET) out.last_i_subtype = OCSD_S_INSTR_NONE;
  return out;
}

bool is_damaged_packet(CsProtocol protocol, const void* packet) {
  switch (protocol) {
    case CsProtocol::etmv3: return static_cast<const ocsd_etmv3_pkt*>(packet)->type >= ETM3_PKT_BAD_SEQUENCE;
    case CsProtocol::ptm: return static_cast<const ocsd_ptm_pkt*>(packet)->type >= PTM_PKT_BAD_SEQUENCE;
    case CsProtocol::stm: return static_cast<const ocsd_stm_pkt*>(packet)->type >= STM_PKT_BAD_SEQUENCE;
    case CsProtocol::etmv4:
    case CsProtocol::ete: {
      const ocsd_etmv4_i_pkt_type type = static_cast<const ocsd_etmv4_i_pkt*>(packet)->type;
      return type >= ETM4_PKT_I_BAD_SEQUENCE && type <= ETM4_PKT_I_RESERVED_CFG;
    }
  }
  return false;
}

std::uint32_t q_instructions(CsProtocol protocol, const void* packet) {
  if (protocol != CsProtocol::etmv4 && protocol != CsProtocol::ete) return 0;
  const auto& etm4 = *static_cast<const ocsd_etmv4_i_pkt*>(packet);
  return etm4.type == ETM4_PKT_I_Q && etm4.Q_pkt.count_present != 0 ? etm4.Q_pkt.q_count : 0;
}

}  // namespace simdprof
