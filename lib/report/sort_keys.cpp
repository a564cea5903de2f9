#include "lib/report/sort_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace simdprof {
namespace {

struct KeyName {
  SortKey key;
  std::string_view name;
  std::string_view alias;
  bool measure;
};

constexpr std::array kKeyNames = {
    KeyName{SortKey::overhead, "overhead", "", true}, KeyName{SortKey::samples, "samples", "sample", true},
    KeyName{SortKey::period, "period", "", true},     KeyName{SortKey::comm, "comm", "", false},
    KeyName{SortKey::pid, "pid", "", false},          KeyName{SortKey::tid, "tid", "", false},
    KeyName{SortKey::cpu, "cpu", "", false},          KeyName{SortKey::dso, "dso", "", false},
    KeyName{SortKey::sym, "sym", "symbol", false},    KeyName{SortKey::srcline, "srcline", "", false},
    KeyName{SortKey::simd, "simd", "", false},
};

std::optional<SortKey> find_key(std::string_view word) {
  for (const KeyName& known : kKeyNames) {
    if (word == known.name || (!known.alias.empty() && word == known.alias)) return known.key;
  }
  return std::nullopt;
}

std::string all_names() {
  std::string names;
  for (const KeyName& known : kKeyNames) names += (names.empty() ? "" : ", ") + std::string(known.name);
  return names;
}

}  // namespace

bool SortKeys::has(SortKey key) const { return std::find(columns.begin(), columns.end(), key) != columns.end(); }

bool is_measure(SortKey key) {
  const auto* known =
      std::find_if(kKeyNames.begin(), kKeyNames.end(), [key](const KeyName& k) { return k.key == key; });
  return known != kKeyNames.end() && known->measure;
}

std::string_view sort_key_name(SortKey key) {
  const auto* known =
      std::find_if(kKeyNames.begin(), kKeyNames.end(), [key](const KeyName& k) { return k.key == key; });
  return known != kKeyNames.end() ? known->name : "unknown";
}

Result<SortKeys> parse_sort_keys(std::string_view text) {
  SortKeys keys;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view word = text.substr(0, comma);
    const auto key = find_key(word);
    if (!key) return fail(Errc::usage, fmt::format("no sort key '{}'; there are {}", word, all_names()));
    if (keys.has(*key)) return fail(Errc::usage, fmt::format("sort key '{}' twice", word));
    keys.columns.push_back(*key);
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  if (std::none_of(keys.columns.begin(), keys.columns.end(), is_measure)) {
    keys.columns.insert(keys.columns.begin(), SortKey::overhead);
  }
  return keys;
}

}  // namespace simdprof
