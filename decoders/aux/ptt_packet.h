#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace simdprof {

/// The two forms of a HiSilicon PCIe Trace and Tuning packet. Source: kernel, Documentation/trace/hisi-ptt.rst.
enum class PttForm { dw4, dw8 };

/// One traced transaction layer packet.
struct PttPacket {
  PttForm form = PttForm::dw4;
  std::array<std::uint32_t, 8> words{};  ///< dw8: check, prefix, header 0-3, reserved, time; dw4: word 0, header 1-3

  [[nodiscard]] std::uint32_t time() const { return form == PttForm::dw8 ? words[7] : words[0] & 0x7ffU; }
};

constexpr std::size_t ptt_packet_bytes(PttForm form) { return form == PttForm::dw8 ? 32 : 16; }

/// The form of the packets of a buffer, which its first word tells: bits 31:11 are all set in the long form.
/// @param bytes  at least 4
PttForm ptt_form(std::span<const std::byte> bytes);
/// @param bytes  at least ptt_packet_bytes(form)
PttPacket decode_ptt_packet(std::span<const std::byte> bytes, PttForm form);
/// The check word is as the form has it.
bool is_ptt_whole(const PttPacket& packet);
/// All fields: "prefix 60002008 header 010002ff 00000820 ab44e710 011ea82a time 0".
std::string render_ptt_packet(const PttPacket& packet);

}  // namespace simdprof
