#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "decoders/tracepoint/print_text.h"

namespace simdprof {
namespace {

constexpr std::size_t kV4Bytes = 4;
constexpr std::size_t kV6Bytes = 16;
constexpr std::size_t kMostHexBytes = 64;  // of raw bytes, as the kernel has it

using Bytes = std::span<const std::byte>;

unsigned byte_at(Bytes bytes, std::size_t index) { return std::to_integer<unsigned>(bytes[index]); }

/// `form` of the first `count` bytes with `between` between them.
void append_bytes(std::string& out, Bytes bytes, std::size_t count, std::string_view between) {
  for (std::size_t i = 0; i < std::min(count, bytes.size()); ++i) {
    if (i != 0) out += between;
    fmt::format_to(std::back_inserter(out), "{:02x}", byte_at(bytes, i));
  }
}

// "S" and "B" with the offset, "s" and "f" without.
void append_function(std::string& out, char kind, VirtAddr address, const PrintWorld& world) {
  const auto function = world.names.function_at(address);
  if (!function) {
    fmt::format_to(std::back_inserter(out), "{:#x}", address);
    return;
  }
  out += function->name;
  if (kind == 'S' || kind == 'F' || kind == 'B') {
    fmt::format_to(std::back_inserter(out), "+{:#x}", function->offset);
  }
}

// "M": blanks are colons, "MF": dashes, "m": nothing; "R" backwards.
void append_mac(std::string& out, std::string_view kind, Bytes bytes) {
  constexpr std::size_t kMacBytes = 6;
  if (bytes.size() < kMacBytes) return;
  std::array<std::byte, kMacBytes> own{};
  std::copy_n(bytes.begin(), kMacBytes, own.begin());
  if (kind.find('R') != std::string_view::npos) std::reverse(own.begin(), own.end());
  const bool dashes = kind.find('F') != std::string_view::npos;
  append_bytes(out, own, kMacBytes, kind.starts_with('m') ? "" : dashes ? "-" : ":");
}

void append_v4(std::string& out, bool plain, Bytes bytes) {
  if (bytes.size() < kV4Bytes) return;
  for (std::size_t i = 0; i < kV4Bytes; ++i) {
    if (i != 0) out += '.';
    if (plain) {
      fmt::format_to(std::back_inserter(out), "{:03}", byte_at(bytes, i));
    } else {
      fmt::format_to(std::back_inserter(out), "{}", byte_at(bytes, i));
    }
  }
}

/// `compressed`: RFC 5952, as inet_ntop() has it.
void append_v6(std::string& out, bool plain, bool compressed, Bytes bytes) {
  if (bytes.size() < kV6Bytes) return;
  if (compressed) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (::inet_ntop(AF_INET6, bytes.data(), text.data(), text.size()) != nullptr) out += text.data();
    return;
  }
  for (std::size_t i = 0; i < kV6Bytes; i += 2) {
    if (i != 0 && !plain) out += ':';
    fmt::format_to(std::back_inserter(out), "{:02x}{:02x}", byte_at(bytes, i), byte_at(bytes, i + 1));
  }
}

// A sockaddr: `S`, then `p` for the port and `c` for RFC 5952. Its family is a number of the recorded machine.
void append_sockaddr(std::string& out, bool plain, std::string_view options, Bytes bytes, const PrintWorld& world) {
  constexpr std::size_t kPortAt = 2;
  constexpr std::size_t kV4At = 4;
  constexpr std::size_t kV6At = 8;
  if (bytes.size() < kV4At) return;
  const std::uint64_t family = world.values.raw().number_in(bytes.first(2), false);
  const bool port = options.find('p') != std::string_view::npos;
  if (family == AF_INET) {
    append_v4(out, plain, bytes.subspan(kV4At));
  } else if (family == AF_INET6 && bytes.size() >= kV6At) {
    if (port) out += '[';
    append_v6(out, plain, options.find('c') != std::string_view::npos, bytes.subspan(kV6At));
    if (port) out += ']';
  } else {
    return;
  }
  if (port) fmt::format_to(std::back_inserter(out), ":{}", byte_at(bytes, kPortAt) << 8U | byte_at(bytes, kPortAt + 1));
}

void append_ip(std::string& out, std::string_view kind, Bytes bytes, const PrintWorld& world) {
  const bool plain = kind.front() == 'i';
  const std::string_view options = kind.substr(std::min<std::size_t>(2, kind.size()));
  switch (kind.size() > 1 ? kind[1] : 0) {
    case '4': return append_v4(out, plain, bytes);
    case '6': return append_v6(out, plain, options.starts_with('c'), bytes);
    case 'S': return append_sockaddr(out, plain, options, bytes, world);
    default: return;
  }
}

// "Ub" and "UB" as the bytes stand, "Ul" and "UL" with the first three numbers little-endian; capitals give capitals.
void append_uuid(std::string& out, std::string_view kind, Bytes bytes) {
  constexpr std::size_t kUuidBytes = 16;
  constexpr std::array<std::size_t, kUuidBytes> kLittle = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
  if (bytes.size() < kUuidBytes) return;
  const char form = kind.size() > 1 ? kind[1] : 'b';
  for (std::size_t i = 0; i < kUuidBytes; ++i) {
    const unsigned value = byte_at(bytes, form == 'l' || form == 'L' ? kLittle[i] : i);
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    if (form == 'L' || form == 'B') {
      fmt::format_to(std::back_inserter(out), "{:02X}", value);
    } else {
      fmt::format_to(std::back_inserter(out), "{:02x}", value);
    }
  }
}

/// So many bits of longs of the recorded machine.
class Bits {
 public:
  Bits(Bytes bytes, std::size_t count, const PrintWorld& world)
      : bytes_(bytes), world_(world), count_(std::min(count, bytes.size() / world.long_bytes * 8 * world.long_bytes)) {}
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] bool operator[](std::size_t at) const {
    const std::size_t bits = std::size_t{8} * world_.long_bytes;
    const auto word = bytes_.subspan(at / bits * world_.long_bytes, world_.long_bytes);
    return ((world_.values.raw().number_in(word, false) >> (at % bits)) & 1U) != 0;
  }

 private:
  Bytes bytes_;
  const PrintWorld& world_;
  std::size_t count_;
};

// "b": hexadecimal digits, 32 bits between commas, the first as long as its bits need.
void append_bitmap(std::string& out, const Bits& bits) {
  constexpr std::size_t kGroup = 32;
  for (std::size_t group = (bits.count() + kGroup - 1) / kGroup; group-- > 0;) {
    const std::size_t end = std::min(bits.count(), (group + 1) * kGroup);
    std::uint32_t value = 0;
    for (std::size_t i = end; i-- > group * kGroup;) value = value << 1U | (bits[i] ? 1U : 0U);
    fmt::format_to(std::back_inserter(out), "{:0{}x}{}", value, (end - group * kGroup + 3) / 4, group == 0 ? "" : ",");
  }
}

// "bl": the numbers of the bits that are set, "0-3,8".
void append_bit_list(std::string& out, const Bits& bits) {
  bool any = false;
  for (std::size_t i = 0; i < bits.count(); ++i) {
    if (!bits[i]) continue;
    const std::size_t first = i;
    while (i + 1 < bits.count() && bits[i + 1]) ++i;
    fmt::format_to(std::back_inserter(out), "{}{}", any ? "," : "", first);
    if (i != first) fmt::format_to(std::back_inserter(out), "-{}", i);
    any = true;
  }
}

std::string_view between_bytes(std::string_view kind) {
  switch (kind.size() > 1 ? kind[1] : 0) {
    case 'C': return ":";
    case 'D': return "-";
    case 'N': return "";
    default: return " ";
  }
}

}  // namespace

void append_pointer(std::string& out, const PrintConversion& conversion, std::uint32_t node, const PrintWorld& world) {
  const std::string_view kind = conversion.pointer;
  const char first = kind.empty() ? '\0' : kind.front();
  if (first == 'S' || first == 's' || first == 'F' || first == 'f' || first == 'B') {
    return append_function(out, first, world.values.number(node).bits, world);
  }
  const auto bytes = world.values.bytes(node);
  const auto width = static_cast<std::size_t>(std::max(conversion.width, 1));  // of raw bytes and bits: how many
  std::string text;
  switch (bytes ? first : '\0') {
    case 'M':
    case 'm': append_mac(text, kind, *bytes); break;
    case 'I':
    case 'i': append_ip(text, kind, *bytes, world); break;
    case 'U': append_uuid(text, kind, *bytes); break;
    case 'h': return append_bytes(out, *bytes, std::min(width, kMostHexBytes), between_bytes(kind));
    case 'b': {
      const Bits bits(*bytes, width, world);
      return kind == "bl" ? append_bit_list(out, bits) : append_bitmap(out, bits);
    }
    default: {
      const std::uint64_t value = world.values.number(node).bits;
      text = value == 0 ? "(nil)" : fmt::format("{:#x}", value);
    }
  }
  append_columns(out, conversion, text);
}

}  // namespace simdprof
