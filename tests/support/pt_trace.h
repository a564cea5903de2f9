#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "decoders/aux/aux_decoder.h"
#include "tests/support/bytes.h"

/// Intel PT packets written by hand, programs to run through, and what a decoder gave.
namespace simdprof::test::pt {

inline Bytes psb() { return raw({2, 0x82, 2, 0x82, 2, 0x82, 2, 0x82, 2, 0x82, 2, 0x82, 2, 0x82, 2, 0x82}); }
inline Bytes psbend() { return raw({2, 0x23}); }
/// 48 bits of address, sign-extended: IPBytes 3.
inline Bytes ip_packet(unsigned opcode, VirtAddr ip) {
  Bytes out = raw({opcode | 3U << 5U});
  append_word(out, ip, 6);
  return out;
}
inline Bytes tip(VirtAddr ip) { return ip_packet(0x0d, ip); }
inline Bytes tip_pge(VirtAddr ip) { return ip_packet(0x11, ip); }
inline Bytes tip_pgd(VirtAddr ip) { return ip_packet(0x01, ip); }
inline Bytes tip_pgd() { return raw({0x01}); }
inline Bytes fup(VirtAddr ip) { return ip_packet(0x1d, ip); }
inline Bytes mode_exec_64() { return raw({0x99, 0x01}); }
inline Bytes ovf() { return raw({2, 0xf3}); }
/// One to six branches, the oldest first: '!' taken, '.' not.
inline Bytes tnt(std::string_view branches) {
  unsigned bits = 1;
  for (const char branch : branches) bits = bits << 1U | (branch == '!' ? 1U : 0U);
  return raw({bits << 1U});
}
inline Bytes tsc(std::uint64_t value) {
  Bytes out = raw({0x19});
  append_word(out, value, 7);
  return out;
}
inline Bytes tma(unsigned ctc, unsigned fast_counter) {
  return raw({2, 0x73, ctc & 0xff, ctc >> 8U, 0, fast_counter & 0xff, fast_counter >> 8U});
}
inline Bytes cbr(unsigned ratio) { return raw({2, 0x03, ratio, 0}); }
inline Bytes mtc(unsigned count) { return raw({0x59, count}); }

inline Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const Bytes& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}
/// A PSB packet and its header: 64-bit code at `ip`.
inline Bytes sync_at(VirtAddr ip) { return joined({psb(), mode_exec_64(), fup(ip), psbend()}); }

/// One process whose code is given by hand.
class Programs final : public AuxPrograms {
 public:
  void map(VirtAddr address, Bytes code) { code_[address] = std::move(code); }

  [[nodiscard]] Task task(std::int32_t, Tid, std::uint64_t) const override { return {42, 43}; }
  [[nodiscard]] std::size_t read_code(Pid, VirtAddr address, bool, std::uint64_t,
                                      std::span<std::byte> out) const override {
    auto area = code_.upper_bound(address);
    if (area == code_.begin()) return 0;
    --area;
    const VirtAddr skip = address - area->first;
    if (skip >= area->second.size()) return 0;
    const std::size_t size = std::min<std::size_t>(out.size(), area->second.size() - skip);
    std::copy_n(area->second.begin() + static_cast<std::ptrdiff_t>(skip), size, out.begin());
    return size;
  }
  [[nodiscard]] std::uint64_t code_holds_until(Pid, std::uint64_t) const override { return AuxPlace::kNoAuxTime; }

 private:
  std::map<VirtAddr, Bytes> code_;
};

/// Lines of all that a decoder gives.
class Lines final : public AuxSink {
 public:
  void on_packet(const AuxPacket& packet) override {
    add("{:x} {}{}{}", packet.place.offset, packet.name, packet.text.empty() ? "" : " ", packet.text);
    places.push_back(packet.place);
  }
  void on_branch(const AuxBranch& branch) override {
    add("{:x} -> {:x} {:#x}", branch.from, branch.to, branch.flags);
    branches.push_back(branch);
  }
  void on_instruction(const AuxInstruction& instruction) override { add("{:x}", instruction.ip); }
  void on_event(const AuxEvent& event) override {
    add("[{}{}{}]", event.name, event.text.empty() ? "" : " ", event.text);
  }
  void on_mark(const AuxMark& mark) override {
    constexpr std::array kNames = {"ptwrite", "cbr", "psb", "mwait", "pwre", "exstop", "pwrx"};
    add("{} {:x}{} {:#x}", kNames[static_cast<std::size_t>(mark.facts.kind)], mark.ip, mark.facts.has_ip ? " own" : "",
        mark.facts.payload);
    marks.push_back(mark);
  }
  void on_error(const AuxError& error) override {
    add("error {} {:x}", error.code, error.ip);
    errors.push_back(std::string{error.code});
    error_offsets.push_back(error.place.offset);
  }

  std::vector<std::string> all;
  std::vector<std::string> errors;
  std::vector<std::uint64_t> error_offsets;
  std::vector<AuxPlace> places;
  std::vector<AuxBranch> branches;
  std::vector<AuxMark> marks;

 private:
  template <class... Parts>
  void add(fmt::format_string<Parts...> form, Parts&&... parts) {
    all.push_back(fmt::format(form, std::forward<Parts>(parts)...));
  }
};

/// Decodes `trace` as one slice in the segments that the decoder makes of it.
inline void decode(const Bytes& trace, const AuxPrograms& programs, const AuxWanted& wanted, AuxSink& sink,
                   AuxTraceInfo info = {}) {
  info.type = AuxTraceType::intel_pt;
  const auto decoder = make_aux_decoder(info, programs, wanted);
  AuxSlice slice;
  slice.data = trace;
  for (const AuxSegment& segment : (*decoder)->split(slice)) (*decoder)->decode(slice, segment, sink);
}

inline constexpr AuxWanted kPackets{true, false, false, false, false, false};
inline constexpr AuxWanted kBranches{false, true, false, false, false, false};
inline constexpr AuxWanted kInstructions{false, false, true, false, false, false};
inline constexpr AuxWanted kMarks{false, false, false, false, false, true};
inline constexpr AuxWanted kFlow{false, false, true,
                                 false, true,  false};  ///< instructions and events, as ptxed lists them

}  // namespace simdprof::test::pt
