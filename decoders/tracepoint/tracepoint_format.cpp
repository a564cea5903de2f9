#include "decoders/tracepoint/tracepoint_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace simdprof {
namespace {

constexpr std::size_t kMostFields = 512;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The value of `key:value;` in a line.
std::string_view value_of(std::string_view line, std::string_view key) {
  while (!line.empty()) {
    const std::string_view part = line.substr(0, line.find(';'));
    line.remove_prefix(std::min(line.size(), part.size() + 1));
    const std::string_view word = trimmed(part);
    if (word.starts_with(key) && word.substr(key.size()).starts_with(':')) return word.substr(key.size() + 1);
  }
  return {};
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text = trimmed(text.substr(prefix.size()));
  return true;
}

bool is_char(std::string_view type) {
  take_prefix(type, "const ");
  return type == "char" || type == "unsigned char" || type == "signed char";
}

/// `unsigned long ip`, `char comm[16]`, `__data_loc char[] name`: type and name; brackets may follow either.
void read_declaration(std::string_view text, unsigned long_bytes, TracepointField& field) {
  field.is_dynamic = take_prefix(text, "__data_loc ");
  field.is_relative = !field.is_dynamic && take_prefix(text, "__rel_loc ");
  field.is_dynamic = field.is_dynamic || field.is_relative;
  std::string_view bounds;
  if (const std::size_t bracket = text.find('['); bracket != std::string_view::npos) {
    const std::size_t close = text.find(']', bracket);
    bounds = text.substr(bracket + 1, close == std::string_view::npos ? close : close - bracket - 1);
    field.is_array = true;
    if (text.ends_with(']')) {
      text = trimmed(text.substr(0, bracket));
    } else if (close != std::string_view::npos) {
      field.type = std::string(trimmed(text.substr(0, bracket)));
      field.name = std::string(trimmed(text.substr(close + 1)));
    }
  }
  if (field.name.empty()) {
    const std::size_t blank = text.find_last_of(" *");
    field.name = std::string(blank == std::string_view::npos ? text : text.substr(blank + 1));
    field.type = std::string(blank == std::string_view::npos ? std::string_view{} : trimmed(text.substr(0, blank + 1)));
  }
  // A struct is shown as the bytes it has.
  const bool is_number = field.bytes == 1 || field.bytes == 2 || field.bytes == 4 || field.bytes == 8;
  field.is_array = field.is_array || field.is_dynamic || !is_number;
  field.is_text = field.is_array && is_char(field.type);
  const auto count = number_of(trimmed(bounds));
  const std::uint32_t by_type = c_type_bytes(field.type, long_bytes);
  field.element_bytes = field.bytes;
  if (field.is_dynamic) {
    field.element_bytes = by_type;
  } else if (field.is_array) {
    field.element_bytes =
        count && *count != 0 && field.bytes % *count == 0 ? static_cast<std::uint32_t>(field.bytes / *count) : by_type;
  }
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

Result<TracepointField> parse_field(std::string_view line, unsigned long_bytes) {
  TracepointField field;
  const auto offset = number_of(value_of(line, "offset"));
  const auto bytes = number_of(value_of(line, "size"));
  if (!offset || !bytes || *offset > UINT16_MAX || *bytes > UINT16_MAX) {
    return fail(Errc::malformed, fmt::format("a field of a tracepoint has no offset and size: '{}'", trimmed(line)));
  }
  field.offset = static_cast<std::uint32_t>(*offset);
  field.bytes = static_cast<std::uint32_t>(*bytes);
  field.is_signed = value_of(line, "signed") == "1";
  read_declaration(trimmed(value_of(line, "field")), long_bytes, field);
  if (!is_name(field.name)) return fail(Errc::malformed, "a field of a tracepoint has no name of C");
  return field;
}

}  // namespace

std::uint32_t c_type_bytes(std::string_view type, unsigned long_bytes) {
  struct Known {
    std::string_view name;
    std::uint32_t bytes;  ///< 0: a long's
  };
  constexpr std::array kKnown = {
      Known{"char", 1},          Known{"bool", 1},     Known{"u8", 1},       Known{"s8", 1},
      Known{"uint8_t", 1},       Known{"int8_t", 1},   Known{"short", 2},    Known{"short int", 2},
      Known{"u16", 2},           Known{"s16", 2},      Known{"uint16_t", 2}, Known{"int16_t", 2},
      Known{"int", 4},           Known{"", 4},         Known{"u32", 4},      Known{"s32", 4},
      Known{"uint32_t", 4},      Known{"int32_t", 4},  Known{"pid_t", 4},    Known{"dev_t", 4},
      Known{"u64", 8},           Known{"s64", 8},      Known{"uint64_t", 8}, Known{"int64_t", 8},
      Known{"long long", 8},     Known{"size_t", 0},   Known{"ssize_t", 0},  Known{"long", 0},
      Known{"long int", 0},      Known{"loff_t", 8},   Known{"uint", 4},     Known{"uintptr_t", 0},
      Known{"long long int", 8}, Known{"sector_t", 8},
  };
  type = trimmed(type);
  if (type.ends_with('*')) return long_bytes;
  while (take_prefix(type, "const ") || take_prefix(type, "volatile ") || take_prefix(type, "__")) continue;
  if (type == "unsigned" || type == "signed") return 4;
  if (!take_prefix(type, "unsigned ")) take_prefix(type, "signed ");
  if (type.starts_with("enum ")) return 4;
  const auto found = std::find_if(kKnown.begin(), kKnown.end(), [type](const Known& one) { return one.name == type; });
  if (found == kKnown.end() || type.empty()) return 0;
  return found->bytes == 0 ? long_bytes : found->bytes;
}

Result<TracepointFormat> parse_tracepoint_format(std::string_view system, std::string_view text, unsigned long_bytes) {
  TracepointFormat format;
  format.system = std::string(system);
  bool has_id = false;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.starts_with("name: ")) {
      format.name = std::string(trimmed(line.substr(6)));
    } else if (line.starts_with("ID: ")) {
      const auto id = number_of(trimmed(line.substr(4)));
      has_id = id.has_value();
      format.id = id.value_or(0);
    } else if (line.starts_with("print fmt: ")) {
      // It is the last, and may go over several lines.
      format.print = std::string(trimmed(line.substr(11)));
      if (!text.empty()) format.print += '\n';
      format.print += text;
      break;
    } else if (trimmed(line).starts_with("field:")) {
      if (format.fields.size() >= kMostFields) return fail(Errc::limit, "a tracepoint of more than 512 fields");
      auto field = parse_field(line, long_bytes);
      if (!field) return fail(field.error());
      const auto is_same = [&field](const TracepointField& one) { return one.name == field->name; };
      if (std::any_of(format.fields.begin(), format.fields.end(), is_same)) {
        return fail(Errc::malformed, fmt::format("a tracepoint has two fields '{}'", field->name));
      }
      field->is_common = field->name.starts_with("common_");
      format.fields.push_back(std::move(*field));
    }
  }
  if (format.name.empty() || !has_id) return fail(Errc::malformed, "the format of a tracepoint has no name or no ID");
  return format;
}

}  // namespace simdprof
