#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simdprof {

/// What perf_event_open needs to name an event.
struct EventCode {
  std::uint32_t type = 0;    ///< PERF_TYPE_*
  std::uint64_t config = 0;  ///< meaning depends on the type
};

/// The code of a software, hardware or hardware cache event by the name perf gives it ("task-clock", "cs",
/// "L1-dcache-load-misses"). Letter case does not matter in cache names, as with perf.
std::optional<EventCode> find_event_code(std::string_view name);

/// A named event for lists: all names that mean the same, the first being the usual one.
struct EventListEntry {
  std::string names;  ///< "cpu-cycles OR cycles"
  std::string_view kind;
};
std::vector<EventListEntry> list_event_names();

/// The known event name that is nearest to a misspelt one; empty when none is near.
std::string nearest_event_name(std::string_view name);

/// Number of single-letter edits between two words, letter case ignored.
std::size_t edit_distance(std::string_view a, std::string_view b);
/// The candidate with the smallest edit distance, when it is at most a third of the word, rounded up;
/// else empty.
std::string nearest_word(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace simdprof
