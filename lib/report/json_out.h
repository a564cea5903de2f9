#pragma once

#include <fmt/format.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/report/escape.h"

namespace simdprof {

/// What RapidJSON's Writer writes to.
class JsonStream {
 public:
  using Ch = char;
  explicit JsonStream(fmt::memory_buffer& out) : out_(out) {}
  void Put(char c) { out_.push_back(c); }
  void Flush() {}

 private:
  fmt::memory_buffer& out_;
};

/// Members of JSON objects, one call each.
class JsonOut {
 public:
  explicit JsonOut(fmt::memory_buffer& out) : stream_(out), writer_(stream_) {}

  void start_object() { writer_.StartObject(); }
  void end_object() { writer_.EndObject(); }
  void start_array() { writer_.StartArray(); }
  void end_array() { writer_.EndArray(); }
  void name(std::string_view name) { writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); }
  void null() { writer_.Null(); }
  void text(std::string_view text) {
    const std::string valid = valid_utf8(text);
    writer_.String(valid.data(), static_cast<rapidjson::SizeType>(valid.size()));
  }
  void number(std::uint64_t value) { writer_.Uint64(value); }

  void text(std::string_view key, std::string_view value) {
    name(key);
    text(value);
  }
  void number(std::string_view key, std::uint64_t value) {
    name(key);
    writer_.Uint64(value);
  }
  void integer(std::string_view key, std::int64_t value) {
    name(key);
    writer_.Int64(value);
  }
  void flag(std::string_view key, bool value) {
    name(key);
    writer_.Bool(value);
  }
  void decimal(std::string_view key, double value) {
    name(key);
    const std::string digits = fmt::format("{:.4f}", value);
    writer_.RawValue(digits.data(), digits.size(), rapidjson::kNumberType);
  }
  void optional(std::string_view key, const std::optional<std::uint64_t>& value) {
    name(key);
    value ? number(*value) : null();
  }

 private:
  JsonStream stream_;
  rapidjson::Writer<JsonStream> writer_;
};

}  // namespace simdprof
