#include "decoders/aux/pt_unknown.h"

#include <array>

#include <fmt/format.h>

namespace simdprof {
namespace {

constexpr std::uint8_t kExtended = 0x02;
constexpr std::uint8_t kTrig = 0xd9;
constexpr std::uint8_t kCfe = 0x13;
constexpr std::uint8_t kEvd = 0x53;
constexpr std::uint8_t kBbp = 0x63;
constexpr std::uint8_t kBep = 0x33;
constexpr std::uint8_t kBepIp = 0xb3;
constexpr std::uint8_t kTopBit = 0x80;  // CFE and TRIG: a FUP follows
constexpr std::uint8_t kTrigHasCount = 0x40;
constexpr std::uint8_t kTrigMultiple = 0x20;

/// Intel SDM volume 3, "Control Flow Events", table of CFE packet types.
constexpr std::array<std::string_view, 16> kCfeTypes = {"",      "intr",    "iret",   "smi",         "rsm",      "sipi",
                                                        "init",  "vmentry", "vmexit", "vmexit_intr", "shutdown", "",
                                                        "uintr", "uiret",   "swintr", "syscall"};
constexpr std::array<std::string_view, 3> kEvdTypes = {"cr2", "vmxq", "vmxr"};

bool cfe_has_vector(unsigned type) { return type == 1 || type == 9 || type == 12 || type == 14; }

std::string render_cfe(std::span<const std::uint8_t> packet) {
  const unsigned type = packet[2] & 0x1fU;
  std::string text = fmt::format("{}", type);
  if (cfe_has_vector(type)) text += fmt::format(": {}", packet[3]);
  if ((packet[2] & kTopBit) != 0) text += ", ip";
  if (type < kCfeTypes.size() && !kCfeTypes[type].empty()) text += fmt::format(" type {}", kCfeTypes[type]);
  return text;
}

std::string render_evd(std::span<const std::uint8_t> packet) {
  const unsigned type = packet[2] & 0x3fU;
  std::uint64_t payload = 0;
  for (std::size_t byte = 0; byte < 8; ++byte) payload |= std::uint64_t{packet[3 + byte]} << (8 * byte);
  std::string text = fmt::format("{}: {:x}", type, payload);
  if (type < kEvdTypes.size()) text += fmt::format(" type {}", kEvdTypes[type]);
  return text;
}

std::string render_trig(std::span<const std::uint8_t> packet) {
  std::string text = fmt::format("{:x}", packet[2]);
  if ((packet[1] & kTopBit) != 0) text += ", ip";
  if ((packet[1] & kTrigMultiple) != 0) text += ", mult";
  if (packet.size() == 5) text += fmt::format(", icnt: {}", packet[3] | packet[4] << 8);
  return text;
}

PtUnknown extended(std::span<const std::uint8_t> bytes) {
  switch (bytes[1]) {
    case kCfe: return {"cfe", 4, bytes.size() > 2 && (bytes[2] & kTopBit) != 0};
    case kEvd: return {"evd", 11, false};
    case kBbp: return {"bbp", 3, false};
    case kBep: return {"bep", 2, false};
    case kBepIp: return {"bep", 2, true};
    default: return {};
  }
}

}  // namespace

PtUnknown decode_pt_unknown(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < 2) return {};
  PtUnknown found;
  if (bytes[0] == kExtended) found = extended(bytes);
  if (bytes[0] == kTrig) {
    found = {"trig", (bytes[1] & kTrigHasCount) != 0 ? std::size_t{5} : std::size_t{3}, (bytes[1] & kTopBit) != 0};
  }
  return found;
}

std::string render_pt_unknown(std::span<const std::uint8_t> packet) {
  const PtUnknown known = decode_pt_unknown(packet);
  if (known.bytes == 0 || packet.size() < known.bytes) return {};
  if (known.name == "cfe") return render_cfe(packet);
  if (known.name == "evd") return render_evd(packet);
  if (known.name == "trig") return render_trig(packet);
  if (known.name == "bbp") return fmt::format("{:x}", packet[2]);
  return known.before_fup ? "ip" : "";
}

int size_pt_unknown(pt_packet_unknown*, const pt_config* config, const std::uint8_t* pos, void*) {
  const std::span<const std::uint8_t> rest{pos, config->end};
  const PtUnknown known = decode_pt_unknown(rest);
  if (known.bytes == 0) return -pte_bad_opc;
  if (known.bytes > rest.size()) return -pte_eos;
  return static_cast<int>(known.bytes);
}

}  // namespace simdprof
