#include "decoders/aux/ptt_packet.h"

#include <fmt/format.h>

#include "lib/base/cursor.h"

namespace simdprof {
namespace {

constexpr std::uint32_t kCheckMask = 0xfffff800;  ///< bits 31:11

bool is_check(std::uint32_t word) { return (word & kCheckMask) == kCheckMask; }

}  // namespace

PttForm ptt_form(std::span<const std::byte> bytes) {
  return is_check(Cursor{bytes}.u32()) ? PttForm::dw8 : PttForm::dw4;
}

PttPacket decode_ptt_packet(std::span<const std::byte> bytes, PttForm form) {
  PttPacket packet;
  packet.form = form;
  Cursor in{bytes};
  for (std::size_t i = 0; i < ptt_packet_bytes(form) / 4; ++i) packet.words[i] = in.u32();
  return packet;
}

bool is_ptt_whole(const PttPacket& packet) { return packet.form == PttForm::dw4 || is_check(packet.words[0]); }

std::string render_ptt_packet(const PttPacket& packet) {
  const auto& w = packet.words;
  if (packet.form == PttForm::dw8) {
    return fmt::format("prefix {:08x} header {:08x} {:08x} {:08x} {:08x} time {:x}", w[1], w[2], w[3], w[4], w[5],
                       packet.time());
  }
  return fmt::format("format {:x} type {:x} t9 {} t8 {} th {} so {} length {:x} time {:x} header {:08x} {:08x} {:08x}",
                     w[0] >> 30U, w[0] >> 25U & 0x1fU, w[0] >> 24U & 1U, w[0] >> 23U & 1U, w[0] >> 22U & 1U,
                     w[0] >> 21U & 1U, w[0] >> 11U & 0x3ffU, packet.time(), w[1], w[2], w[3]);
}

}  // namespace simdprof
