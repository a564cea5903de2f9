#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace simdprof {

/// One column that -s can name.
enum class SortKey : std::uint8_t { overhead, samples, period, comm, pid, tid, cpu, dso, sym, srcline, simd };

/// What -s asked for: the columns in order, and which of them tell rows apart.
struct SortKeys {
  std::vector<SortKey> columns;

  [[nodiscard]] bool has(SortKey key) const;
  /// Rows are told apart by something that belongs to a frame, not to the sample as a whole.
  [[nodiscard]] bool by_frame() const { return has(SortKey::dso) || has(SortKey::sym) || has(SortKey::srcline); }
};

/// Whether the key is a measure (overhead, samples, period) and not something that rows are told apart by.
bool is_measure(SortKey key);
/// "overhead", "comm", ... as -s and csv headings have it.
std::string_view sort_key_name(SortKey key);

/// Parses "overhead,comm,dso,sym" ("symbol" and "sample" are taken too, as perf has them). Without a measure, overhead
/// comes first.
///
/// @return usage for an unknown, repeated or missing key
Result<SortKeys> parse_sort_keys(std::string_view text);

}  // namespace simdprof
