#pragma once

#include <fmt/format.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "cmd/field_text.h"

namespace simdprof::cmd {

/// Members of one object: puts the commas.
class JsonObject {
 public:
  explicit JsonObject(TextBuffer& out) : out_(out) { out_.push_back('{'); }
  JsonObject(const JsonObject&) = delete;
  JsonObject& operator=(const JsonObject&) = delete;
  ~JsonObject() { out_.push_back('}'); }

  TextBuffer& key(std::string_view name) {
    append_text(out_, first_ ? "\"" : ",\"");
    append_text(out_, name);
    append_text(out_, "\":");
    first_ = false;
    return out_;
  }
  void text(std::string_view name, std::string_view value) { append_json_string(key(name), value); }
  void hex(std::string_view name, std::uint64_t value) { append_json_hex(key(name), value); }
  void number(std::string_view name, std::integral auto value) {
    const fmt::format_int digits(value);
    append_text(key(name), {digits.data(), digits.size()});
  }
  void flag(std::string_view name, bool value) { append_text(key(name), value ? "true" : "false"); }

 private:
  TextBuffer& out_;
  bool first_ = true;
};

/// A string of two digits a byte.
inline void append_hex_bytes(TextBuffer& out, std::span<const std::byte> bytes) {
  append_text(out, "\"");
  for (const std::byte byte : bytes) append_hex_digits(out, std::to_integer<std::uint64_t>(byte), 2);
  append_text(out, "\"");
}

}  // namespace simdprof::cmd
