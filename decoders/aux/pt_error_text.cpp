#include "decoders/aux/pt_error_text.h"

#include <fmt/format.h>

namespace simdprof {

std::string_view pt_error_name(pt_error_code code) {
  switch (code) {
    case pte_nomap: return "nomap";
    case pte_overflow: return "overflow";
    case pte_bad_opc:
    case pte_bad_packet: return "bad-packet";
    case pte_bad_context: return "bad-context";
    case pte_bad_insn: return "bad-instruction";
    case pte_bad_query:
    case pte_bad_retcomp:
    case pte_retstack_empty: return "mismatch";
    case pte_bad_status_update:
    case pte_no_enable:
    case pte_event_ignored: return "bad-state";
    case pte_not_supported: return "unsupported";
    default: return "decoder";
  }
}

void give_pt_error(const AuxPlace& place, VirtAddr ip, std::string_view code, std::string_view text, AuxSink& sink) {
  AuxError error;
  error.place = place;
  error.ip = ip;
  error.code = code;
  error.text = text;
  sink.on_error(error);
}

void give_missing_code(const AuxPlace& place, VirtAddr ip, std::string_view file, AuxSink& sink) {
  const std::string text = fmt::format("no code of {} is known", file);
  AuxError error;
  error.place = place;
  error.ip = ip;
  error.code = "nofile";
  error.text = text;
  error.file = file;
  sink.on_error(error);
}

void give_overflow(const AuxPlace& place, AuxSink& sink) {
  give_pt_error(place, 0, "overflow", "the CPU lost packets: its trace buffer overflowed", sink);
}

void give_unsynced(const AuxPlace& place, std::size_t bytes, AuxSink& sink) {
  give_pt_error(place, 0, "no-sync", fmt::format("{} bytes stand before the first PSB packet", bytes), sink);
}

void give_cut_packet(const AuxPlace& place, std::size_t bytes, AuxSink& sink) {
  give_pt_error(place, 0, "cut", fmt::format("the trace ends inside a packet: {} bytes of it", bytes), sink);
}

void give_bad_packet(const AuxPlace& place, pt_error_code code, std::size_t bytes, AuxSink& sink) {
  const std::string text = fmt::format("{}; {} bytes left out up to the next PSB packet", pt_errstr(code), bytes);
  give_pt_error(place, 0, pt_error_name(code), text, sink);
}

}  // namespace simdprof
