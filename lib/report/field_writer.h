#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

#include "lib/report/escape.h"
#include "lib/report/rows.h"

namespace simdprof {

/// Writes fields of CSV (RFC 4180) or TSV and the separators between them.
class FieldWriter {
 public:
  FieldWriter(bool tabs, fmt::memory_buffer& out) : tabs_(tabs), out_(out) {}

  void text(std::string_view field) {
    if (!first_) out_.push_back(tabs_ ? '\t' : ',');
    first_ = false;
    tabs_ ? append_tsv(out_, field) : append_csv(out_, field);
  }
  template <class Number>
  void number(Number value) {
    text(fmt::format("{}", value));
  }
  void percent(std::uint64_t part, std::uint64_t whole) { text(fmt::format("{:.4f}", percent_of(part, whole))); }
  /// A count of samples; empty when the fact was recorded in none.
  void count(std::uint64_t part, std::uint64_t recorded) { recorded == 0 ? text("") : number(part); }
  void end_row() {
    const std::string_view end = tabs_ ? "\n" : "\r\n";
    out_.append(end.data(), end.data() + end.size());
    first_ = true;
  }

 private:
  bool tabs_;
  fmt::memory_buffer& out_;
  bool first_ = true;
};

}  // namespace simdprof
