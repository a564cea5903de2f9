#include "cmd/option_values.h"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cmath>

namespace simdprof::cmd {
namespace {

// A whole unsigned number at the front of the text; `text` keeps what follows it.
bool take_number(std::string_view& text, std::uint64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

}  // namespace

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const std::string_view whole = text;
  const auto wrong = [&] {
    return fail(Errc::usage, fmt::format("'{}' is no duration; examples: 5 (seconds), 2.5s, 300ms, 2m", whole));
  };
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || !std::isfinite(number) || number <= 0) return wrong();
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  double ms = 0;
  if (unit.empty() || unit == "s") ms = number * 1000;
  if (unit == "ms") ms = number;
  if (unit == "m") ms = number * 60000;
  constexpr double kLongestMs = 1e12;  // thirty years
  if (ms < 1 || ms > kLongestMs) return wrong();
  return std::chrono::milliseconds(static_cast<std::int64_t>(ms));
}

namespace {

constexpr std::uint64_t kLargestBytes = std::uint64_t{1} << 30U;

// A number of `unit_bytes`, or of bytes when a unit follows; 0 when the text is none, or 0, or too large.
std::uint64_t parse_bytes(std::string_view text, std::uint64_t unit_bytes) {
  std::uint64_t number = 0;
  if (!take_number(text, number) || number > kLargestBytes) return 0;
  std::uint64_t bytes = 0;
  if (text.empty()) bytes = number * unit_bytes;
  if (text == "B") bytes = number;
  if (text == "K") bytes = number << 10U;
  if (text == "M") bytes = number << 20U;
  if (text == "G") bytes = number << 30U;
  return bytes > kLargestBytes ? 0 : bytes;
}

}  // namespace

Result<RingPages> parse_ring_pages(std::string_view text, std::size_t page_bytes) {
  const std::size_t comma = text.find(',');
  const bool has_aux = comma != std::string_view::npos;
  const auto pages = [&](std::string_view size, std::size_t& out) {
    const auto bytes = static_cast<std::size_t>(parse_bytes(size, page_bytes));
    out = bytes == 0 ? 0 : std::bit_ceil((bytes + page_bytes - 1) / page_bytes);
    return bytes != 0;
  };
  RingPages ring;
  const bool data_good = (has_aux && comma == 0) || pages(text.substr(0, comma), ring.data);
  const bool aux_good = !has_aux || pages(text.substr(comma + 1), ring.aux);
  if (data_good && aux_good) return ring;
  return fail(Errc::usage,
              fmt::format("-m: '{}' is no ring size; examples: 128 (pages), 512K, 4M; 128,4M and ,4M give the size of "
                          "an AUX area too; at most 1G",
                          text));
}

Result<std::size_t> parse_byte_size(std::string_view option, std::string_view text) {
  const std::uint64_t bytes = parse_bytes(text, 1);
  if (bytes == 0) return fail(Errc::usage, fmt::format("{}: '{}' is no size; examples: 4096, 64K, 2M", option, text));
  return static_cast<std::size_t>(bytes);
}

Result<std::vector<std::int32_t>> parse_id_list(std::string_view text) {
  std::vector<std::int32_t> ids;
  for (;;) {
    std::int32_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    const std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
    if (error != std::errc{} || id <= 0 || (!rest.empty() && rest.front() != ',')) {
      return fail(Errc::usage, fmt::format("'{}' is no list of ids", text));
    }
    ids.push_back(id);
    if (rest.empty()) return ids;
    text = rest.substr(1);
  }
}

Result<CallGraphValue> parse_call_graph(std::string_view text) {
  CallGraphValue value;
  if (text == "fp") return value;
  if (!text.starts_with("dwarf")) {
    return fail(Errc::usage, fmt::format("--call-graph: '{}' is not known; fp, dwarf or dwarf,SIZE", text));
  }
  value.dwarf = true;
  text.remove_prefix(5);
  if (text.empty()) return value;
  constexpr std::uint64_t kLargest = 65528;  // sample_stack_user is below 64 KiB and a multiple of 8
  std::uint64_t bytes = 0;
  std::string_view digits = text.substr(1);
  if (text.front() != ',' || !take_number(digits, bytes) || !digits.empty() || bytes == 0 || bytes > kLargest) {
    return fail(Errc::usage, fmt::format("--call-graph: stack size '{}' is not 1..{} bytes",
                                         text.substr(text.front() == ',' ? 1 : 0), kLargest));
  }
  value.stack_bytes = static_cast<std::uint32_t>((bytes + 7) / 8 * 8);
  return value;
}

}  // namespace simdprof::cmd
