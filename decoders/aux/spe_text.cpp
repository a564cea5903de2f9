#include <array>

#include <fmt/format.h>

#include "decoders/aux/spe_packet.h"

namespace simdprof {
namespace {

using Kind = SpePacket::Kind;

struct Bit {
  unsigned bit;
  std::string_view name;
};

// Events packet. Bits 12-15, 24-31 and 48-63 are the implementation's own.
constexpr std::array kEvents = {
    Bit{0, "EXCEPTION-GEN"},     Bit{1, "RETIRED"},           Bit{2, "L1D-ACCESS"},
    Bit{3, "L1D-REFILL"},        Bit{4, "TLB-ACCESS"},        Bit{5, "TLB-REFILL"},
    Bit{6, "NOT-TAKEN"},         Bit{7, "MISPRED"},           Bit{8, "LLC-ACCESS"},
    Bit{9, "LLC-REFILL"},        Bit{10, "REMOTE-ACCESS"},    Bit{11, "ALIGNMENT"},
    Bit{16, "TRANSACTIONAL"},    Bit{17, "SVE-PARTIAL-PRED"}, Bit{18, "SVE-EMPTY-PRED"},
    Bit{19, "L2D-ACCESS"},       Bit{20, "L2D-REFILL"},       Bit{21, "CACHE-DATA-MODIFIED"},
    Bit{22, "RECENTLY-FETCHED"}, Bit{23, "DATA-SNOOPED"},
};

void add_word(std::string& out, std::string_view word) {
  if (!out.empty()) out += ' ';
  out += word;
}

std::string events_text(std::uint64_t events) {
  std::string out;
  for (const Bit& event : kEvents) {
    if ((events >> event.bit & 1U) != 0) add_word(out, event.name);
    events &= ~(std::uint64_t{1} << event.bit);
  }
  if (events != 0) add_word(out, fmt::format("IMPDEF {:#x}", events));
  return out;
}

constexpr std::uint64_t kAddressMask = (std::uint64_t{1} << 56U) - 1;

SpeText address_text(const SpePacket& packet) {
  const std::uint64_t address = packet.payload & kAddressMask;
  const auto state = static_cast<unsigned>(packet.payload >> 56U);  // NS, EL or CH, PAT
  const unsigned secure_bit = state >> 7U;
  const std::string code = fmt::format("{:#x} el{} ns={}", address, state >> 5U & 3U, secure_bit);
  switch (packet.index) {
    case kSpeInstruction: return {"PC", code};
    case kSpeTarget: return {"TGT", code};
    case kSpePreviousTarget: return {"PBT", code};
    case kSpeVirtual: return {"VA", fmt::format("{:#x}", packet.payload)};
    case kSpePhysical:
      return {"PA", fmt::format("{:#x} ns={} ch={} pat={:x}", address, secure_bit, state >> 6U & 1U, state & 15U)};
    default: return {"ADDR", fmt::format("{:#x} ({})", packet.payload, packet.index)};
  }
}

SpeText counter_text(const SpePacket& packet) {
  static constexpr std::array<std::string_view, 3> kNames = {"TOT", "ISSUE", "XLAT"};
  // The blank stands behind a counter without a name, too, as perf has it.
  return {"LAT", fmt::format("{} {}", packet.payload & 0xffffU,
                             packet.index < kNames.size() ? kNames[packet.index] : std::string_view{})};
}

/// The vector length that SVE packets carry, in bits.
unsigned vector_bits(std::uint64_t payload) { return 32U << (payload >> 4U & 7U); }
bool is_other_sve(std::uint64_t payload) { return (payload & 0x89U) == 0x08; }
bool is_atomic(std::uint64_t payload) { return (payload & 0xe2U) == 0x02; }
bool is_sve(std::uint64_t payload) { return (payload & 0x0aU) == 0x08; }

struct Subclass {
  std::uint64_t value;  ///< payload bits 7:1
  std::string_view text, load, store;
};
constexpr std::array kSubclasses = {
    Subclass{0x00, "GP-REG", "load", "store"},
    Subclass{0x04, "SIMD-FP", "simd-load", "simd-store"},
    Subclass{0x10, "UNSPEC-REG", "load", "store"},
    Subclass{0x14, "MTE-TAG", "tag-load", "tag-store"},
    Subclass{0x20, "MEMCPY", "memcpy-load", "memcpy-store"},
    Subclass{0x24, "MEMSET", "unknown", "memset-store"},
    Subclass{0x30, "NV-SYSREG", "sysreg-load", "sysreg-store"},
};

const Subclass* find_subclass(std::uint64_t payload) {
  for (const Subclass& subclass : kSubclasses) {
    if ((payload & 0xfeU) == subclass.value) return &subclass;
  }
  return nullptr;
}

std::string load_store_text(std::uint64_t payload) {
  std::string out;
  if (is_atomic(payload)) {
    if ((payload & 0x04U) != 0) add_word(out, "AT");
    if ((payload & 0x08U) != 0) add_word(out, "EXCL");
    if ((payload & 0x10U) != 0) add_word(out, "AR");
  }
  if (const Subclass* subclass = find_subclass(payload)) add_word(out, subclass->text);
  if (is_sve(payload)) {
    add_word(out, fmt::format("EVLEN {}", vector_bits(payload)));
    if ((payload & 0x04U) != 0) add_word(out, "PRED");
    if ((payload & 0x80U) != 0) add_word(out, "SG");
  }
  return out;
}

std::string other_sve_text(std::uint64_t payload) {
  std::string out = fmt::format("EVLEN {}", vector_bits(payload));
  if ((payload & 0x02U) != 0) add_word(out, "FP");
  if ((payload & 0x04U) != 0) add_word(out, "PRED");
  return out;
}

std::string branch_text(std::uint64_t payload) {
  std::string out;
  if ((payload & 0x01U) != 0) add_word(out, "COND");
  if ((payload & 0xfeU) == 0x02) add_word(out, "IND");
  return out;
}

SpeText operation_text(const SpePacket& packet) {
  const std::uint64_t payload = packet.payload;
  switch (packet.index) {
    case kSpeOther:
      if (is_other_sve(payload)) return {"SVE-OTHER", other_sve_text(payload)};
      return {"OTHER", (payload & 1U) != 0 ? "COND-SELECT" : "INSN-OTHER"};
    case kSpeLoadStore: return {(payload & 1U) != 0 ? "ST" : "LD", load_store_text(payload)};
    case kSpeBranch: return {"B", branch_text(payload)};
    default: return {"OP-TYPE", fmt::format("{:#x} ({})", payload, packet.index)};
  }
}

std::string_view load_store_name(std::uint64_t payload) {
  const bool store = (payload & 1U) != 0;
  if (is_atomic(payload)) {
    if ((payload & 0x04U) != 0) return store ? "atomic-store" : "atomic-load";
    if ((payload & 0x08U) != 0) return store ? "exclusive-store" : "exclusive-load";
    if ((payload & 0x10U) != 0) return store ? "release-store" : "acquire-load";
    return store ? "store" : "load";
  }
  if (is_sve(payload)) {
    if ((payload & 0x80U) != 0) return store ? "sve-scatter" : "sve-gather";
    return store ? "sve-store" : "sve-load";
  }
  const Subclass* subclass = find_subclass(payload);
  if (subclass == nullptr) return "unknown";
  return store ? subclass->store : subclass->load;
}

}  // namespace

std::string_view spe_operation_name(const SpePacket& packet) {
  switch (packet.index) {
    case kSpeOther:
      if (is_other_sve(packet.payload)) return "sve-other";
      return (packet.payload & 1U) != 0 ? "select" : "other";
    case kSpeLoadStore: return load_store_name(packet.payload);
    case kSpeBranch:
      if ((packet.payload & 0xfeU) == 0x02) return "branch-indirect";
      return (packet.payload & 1U) != 0 ? "branch-conditional" : "branch";
    default: return "unknown";
  }
}

SpeText render_spe_packet(const SpePacket& packet) {
  switch (packet.kind) {
    case Kind::padding: return {"PAD", {}};
    case Kind::end: return {"END", {}};
    case Kind::timestamp: return {"TS", fmt::format("{}", packet.payload)};
    case Kind::source: return {"DATA-SOURCE", fmt::format("{}", packet.payload)};
    case Kind::context: return {"CONTEXT", fmt::format("{:#x} el{}", packet.payload, packet.index + 1)};
    case Kind::events: return {"EV", events_text(packet.payload)};
    case Kind::address: return address_text(packet);
    case Kind::counter: return counter_text(packet);
    case Kind::operation: return operation_text(packet);
  }
  return {};
}

}  // namespace simdprof
