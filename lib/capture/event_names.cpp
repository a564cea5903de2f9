#include "lib/capture/event_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <span>
#include <utility>

#include "lib/abi/perf_event.h"

namespace simdprof {
namespace {

// Source: the event list of the perf tool (perf list), and the enums of uapi linux/perf_event.h.
struct NamedEvent {
  std::string_view name;
  std::string_view alias;  ///< empty: none
  std::uint64_t config;
};

constexpr std::array kHardware = {
    NamedEvent{"cpu-cycles", "cycles", abi::PERF_COUNT_HW_CPU_CYCLES},
    NamedEvent{"instructions", "", abi::PERF_COUNT_HW_INSTRUCTIONS},
    NamedEvent{"cache-references", "", abi::PERF_COUNT_HW_CACHE_REFERENCES},
    NamedEvent{"cache-misses", "", abi::PERF_COUNT_HW_CACHE_MISSES},
    NamedEvent{"branch-instructions", "branches", abi::PERF_COUNT_HW_BRANCH_INSTRUCTIONS},
    NamedEvent{"branch-misses", "", abi::PERF_COUNT_HW_BRANCH_MISSES},
    NamedEvent{"bus-cycles", "", abi::PERF_COUNT_HW_BUS_CYCLES},
    NamedEvent{"stalled-cycles-frontend", "idle-cycles-frontend", abi::PERF_COUNT_HW_STALLED_CYCLES_FRONTEND},
    NamedEvent{"stalled-cycles-backend", "idle-cycles-backend", abi::PERF_COUNT_HW_STALLED_CYCLES_BACKEND},
    NamedEvent{"ref-cycles", "", abi::PERF_COUNT_HW_REF_CPU_CYCLES},
};

constexpr std::array kSoftware = {
    NamedEvent{"cpu-clock", "", abi::PERF_COUNT_SW_CPU_CLOCK},
    NamedEvent{"task-clock", "", abi::PERF_COUNT_SW_TASK_CLOCK},
    NamedEvent{"page-faults", "faults", abi::PERF_COUNT_SW_PAGE_FAULTS},
    NamedEvent{"context-switches", "cs", abi::PERF_COUNT_SW_CONTEXT_SWITCHES},
    NamedEvent{"cpu-migrations", "migrations", abi::PERF_COUNT_SW_CPU_MIGRATIONS},
    NamedEvent{"minor-faults", "", abi::PERF_COUNT_SW_PAGE_FAULTS_MIN},
    NamedEvent{"major-faults", "", abi::PERF_COUNT_SW_PAGE_FAULTS_MAJ},
    NamedEvent{"alignment-faults", "", abi::PERF_COUNT_SW_ALIGNMENT_FAULTS},
    NamedEvent{"emulation-faults", "", abi::PERF_COUNT_SW_EMULATION_FAULTS},
    NamedEvent{"dummy", "", abi::PERF_COUNT_SW_DUMMY},
    NamedEvent{"bpf-output", "", abi::PERF_COUNT_SW_BPF_OUTPUT},
    NamedEvent{"cgroup-switches", "", abi::PERF_COUNT_SW_CGROUP_SWITCHES},
};

// Hardware cache events: cache, then operation and result in either order. config = cache | op << 8 | result << 16.
struct CacheWord {
  std::string_view word;  ///< lower case
  std::uint64_t value;
};
constexpr std::array kCaches = {
    CacheWord{"l1-dcache", 0}, CacheWord{"l1-icache", 1}, CacheWord{"llc", 2},  CacheWord{"dtlb", 3},
    CacheWord{"itlb", 4},      CacheWord{"branch", 5},    CacheWord{"node", 6}, CacheWord{"l1-data", 0},
    CacheWord{"l1-d", 0},      CacheWord{"l1d", 0},       CacheWord{"l1-i", 1}, CacheWord{"l1-instruction", 1},
    CacheWord{"l1i", 1},       CacheWord{"l2", 2},        CacheWord{"bpu", 5},  CacheWord{"btb", 5},
    CacheWord{"d-tlb", 3},     CacheWord{"i-tlb", 4},
};
constexpr std::array kCacheOps = {
    CacheWord{"loads", 0}, CacheWord{"load", 0},  CacheWord{"read", 0},     CacheWord{"stores", 1},
    CacheWord{"store", 1}, CacheWord{"write", 1}, CacheWord{"prefetch", 2}, CacheWord{"prefetches", 2},
};
constexpr std::array kCacheResults = {
    CacheWord{"misses", 1}, CacheWord{"miss", 1}, CacheWord{"refs", 0}, CacheWord{"ops", 0}, CacheWord{"access", 0},
};
// What the kernel's table has at all: bit 0 load, 1 store, 2 prefetch; by cache.
constexpr std::array<unsigned, 7> kCacheOpsThatExist = {7, 5, 7, 7, 1, 1, 7};

char lower_letter(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower_letter);
  return out;
}

const CacheWord* longest_word(std::span<const CacheWord> words, std::string_view text) {
  const CacheWord* best = nullptr;
  for (const CacheWord& candidate : words) {
    const bool whole_word = text == candidate.word || text.starts_with(std::string(candidate.word) + "-");
    if (whole_word && (best == nullptr || candidate.word.size() > best->word.size())) best = &candidate;
  }
  return best;
}

void drop_word(std::string_view& text, std::size_t size) {
  text.remove_prefix(size);
  if (text.starts_with('-') && text.size() > 1) text.remove_prefix(1);  // a dash at the end belongs to no word
}

std::optional<EventCode> find_cache_event(std::string_view name) {
  const std::string lowered = lower(name);
  std::string_view rest = lowered;
  const CacheWord* const cache = longest_word(kCaches, rest);
  if (cache == nullptr) return std::nullopt;
  drop_word(rest, cache->word.size());
  const CacheWord* op = nullptr;
  const CacheWord* result = nullptr;
  while (!rest.empty()) {
    const CacheWord* const next_op = op == nullptr ? longest_word(kCacheOps, rest) : nullptr;
    const CacheWord* const next_result = result == nullptr ? longest_word(kCacheResults, rest) : nullptr;
    if (next_op != nullptr) {
      op = next_op;
      drop_word(rest, op->word.size());
    } else if (next_result != nullptr) {
      result = next_result;
      drop_word(rest, result->word.size());
    } else {
      return std::nullopt;
    }
  }
  const std::uint64_t op_value = op == nullptr ? 0 : op->value;
  const std::uint64_t result_value = result == nullptr ? 0 : result->value;
  if (((kCacheOpsThatExist[static_cast<std::size_t>(cache->value)] >> op_value) & 1U) == 0) return std::nullopt;
  return EventCode{abi::PERF_TYPE_HW_CACHE, cache->value | (op_value << 8U) | (result_value << 16U)};
}

std::optional<std::uint64_t> find_in(std::span<const NamedEvent> events, std::string_view name) {
  for (const NamedEvent& event : events) {
    if (event.name == name || (!event.alias.empty() && event.alias == name)) return event.config;
  }
  return std::nullopt;
}

std::vector<std::string> list_cache_names() {
  constexpr std::array<std::string_view, 7> kNames = {"L1-dcache", "L1-icache", "LLC", "dTLB",
                                                      "iTLB",      "branch",    "node"};
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kOps = {
      {{"loads", "load-misses"}, {"stores", "store-misses"}, {"prefetches", "prefetch-misses"}}};
  std::vector<std::string> names;
  for (std::size_t cache = 0; cache < kNames.size(); ++cache) {
    for (std::size_t op = 0; op < kOps.size(); ++op) {
      if (((kCacheOpsThatExist[cache] >> op) & 1U) == 0) continue;
      names.push_back(fmt::format("{}-{}", kNames[cache], kOps[op].first));
      names.push_back(fmt::format("{}-{}", kNames[cache], kOps[op].second));
    }
  }
  return names;
}

void append_entries(std::span<const NamedEvent> events, std::string_view kind, std::vector<EventListEntry>& out) {
  for (const NamedEvent& event : events) {
    std::string names(event.name);
    if (!event.alias.empty()) names += fmt::format(" OR {}", event.alias);
    out.push_back({std::move(names), kind});
  }
}

}  // namespace

std::optional<EventCode> find_event_code(std::string_view name) {
  if (const auto config = find_in(kHardware, name)) return EventCode{abi::PERF_TYPE_HARDWARE, *config};
  if (const auto config = find_in(kSoftware, name)) return EventCode{abi::PERF_TYPE_SOFTWARE, *config};
  return find_cache_event(name);
}

std::vector<EventListEntry> list_event_names() {
  std::vector<EventListEntry> entries;
  append_entries(kHardware, "hardware", entries);
  append_entries(kSoftware, "software", entries);
  for (std::string& name : list_cache_names()) entries.push_back({std::move(name), "hardware cache"});
  return entries;
}

std::string nearest_event_name(std::string_view name) {
  std::vector<std::string> candidates = list_cache_names();
  for (const auto events : {std::span<const NamedEvent>(kHardware), std::span<const NamedEvent>(kSoftware)}) {
    for (const NamedEvent& event : events) {
      candidates.emplace_back(event.name);
      if (!event.alias.empty()) candidates.emplace_back(event.alias);
    }
  }
  return nearest_word(name, candidates);
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (lower_letter(a[i - 1]) == lower_letter(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

std::string nearest_word(std::string_view word, const std::vector<std::string>& candidates) {
  constexpr std::size_t kLongestWord = 64;  // nobody misspells by that much; keeps hostile input cheap
  std::string best;
  if (word.size() > kLongestWord) return best;
  std::size_t best_distance = (word.size() + 2) / 3 + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace simdprof
