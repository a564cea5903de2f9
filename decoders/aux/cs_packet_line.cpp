#include "decoders/aux/cs_packet_line.h"

#include <algorithm>
#include <charconv>

namespace simdprof {
namespace {

/// The number behind `key`.
template <class Number>
bool read_number(std::string_view line, std::string_view key, int base, Number& out) {
  const std::size_t at = line.find(key);
  if (at == std::string_view::npos) return false;
  const char* begin = line.data() + at + key.size();
  return std::from_chars(begin, line.data() + line.size(), out, base).ec == std::errc{};
}

/// Types that stand for no packet of the protocol.
bool is_damaged_name(std::string_view name) {
  return name == "I_BAD_SEQUENCE" || name == "I_BAD_TRACEMODE" || name == "I_RESERVED" || name == "I_RESERVED_CFG";
}

}  // namespace

std::optional<CsPacket> parse_packet_line(std::string_view line) {
  CsPacket packet;
  const std::size_t open = line.find('[');
  const std::size_t close = line.find("];\t");
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return std::nullopt;
  if (!read_number(line, "Idx:", 10, packet.at) || !read_number(line, "ID:", 16, packet.trace_id)) return std::nullopt;
  packet.bytes = static_cast<std::uint32_t>(std::count(line.begin() + open, line.begin() + close, 'x'));
  std::string_view whole = line.substr(close + 3);
  whole = whole.substr(0, whole.find('\n'));
  packet.name = whole.substr(0, whole.find_first_of(" :"));
  const std::size_t text = whole.find_first_not_of(" :", packet.name.size());
  if (text != std::string_view::npos) packet.text = whole.substr(text);
  packet.damaged = is_damaged_name(packet.name);
  if (packet.name == "I_Q") (void)read_number(packet.text, "Count(", 10, packet.q_instructions);
  return packet;
}

}  // namespace simdprof
