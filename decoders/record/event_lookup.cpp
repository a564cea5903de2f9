#include "decoders/record/event_lookup.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <optional>

#include "lib/base/cursor.h"

namespace simdprof {
namespace {

using abi::EventAttr;

// Trailer fields, in wire order: TID, TIME, ID, STREAM_ID, CPU, IDENTIFIER.
constexpr std::uint64_t kTrailerBits = abi::PERF_SAMPLE_TID | abi::PERF_SAMPLE_TIME | abi::PERF_SAMPLE_ID |
                                       abi::PERF_SAMPLE_STREAM_ID | abi::PERF_SAMPLE_CPU | abi::PERF_SAMPLE_IDENTIFIER;
constexpr std::uint64_t kTrailerBitsAfterId = abi::PERF_SAMPLE_STREAM_ID | abi::PERF_SAMPLE_CPU;
// Sample fields before ID.
constexpr std::uint64_t kSampleBitsBeforeId =
    abi::PERF_SAMPLE_IP | abi::PERF_SAMPLE_TID | abi::PERF_SAMPLE_TIME | abi::PERF_SAMPLE_ADDR;

std::size_t words_of(std::uint64_t bits) { return static_cast<std::size_t>(std::popcount(bits)); }

/// Which word of a sample's payload holds the id of its event.
std::optional<std::size_t> sample_id_word(const EventAttr& attr) {
  if ((attr.sample_type & abi::PERF_SAMPLE_IDENTIFIER) != 0) return 0;
  if ((attr.sample_type & abi::PERF_SAMPLE_ID) != 0) return words_of(attr.sample_type & kSampleBitsBeforeId);
  return std::nullopt;
}

/// How many words after the id end a trailer.
std::optional<std::size_t> words_after_trailer_id(const EventAttr& attr) {
  if ((attr.flags & abi::kAttrSampleIdAll) == 0) return std::nullopt;
  if ((attr.sample_type & abi::PERF_SAMPLE_IDENTIFIER) != 0) return 0;
  if ((attr.sample_type & abi::PERF_SAMPLE_ID) != 0) return words_of(attr.sample_type & kTrailerBitsAfterId);
  return std::nullopt;
}

bool same_sample_layout(const EventAttr& a, const EventAttr& b) {
  return a.sample_type == b.sample_type && a.read_format == b.read_format &&
         a.branch_sample_type == b.branch_sample_type && a.sample_regs_user == b.sample_regs_user &&
         a.sample_regs_intr == b.sample_regs_intr;
}

/// Layouts are compared again for each sample with an unknown id; an input with thousands of events is not worth it.
constexpr std::size_t kMaxEventsToCompare = 64;

bool one_sample_layout(const EventTable& events) {
  if (events.events.size() > kMaxEventsToCompare) return false;
  const EventAttr& first = events.events.front().attr;
  return std::all_of(events.events.begin(), events.events.end(),
                     [&](const EventDesc& event) { return same_sample_layout(event.attr, first); });
}

std::uint64_t word_at(const RawRecord& raw, std::size_t word) { return WordView(raw.payload, raw.order)[word]; }

}  // namespace

Result<std::uint32_t> find_sample_event(const RawRecord& raw, const EventTable& events) {
  if (events.events.empty()) {
    return fail(Errc::malformed, "the recording describes no event, its samples have no layout", raw.offset);
  }
  if (events.events.size() == 1) return 0;
  const auto word = sample_id_word(events.events.front().attr);
  if (!word) {
    if (one_sample_layout(events)) return 0;
    return fail(Errc::malformed, "events have several layouts and the sample has no id", raw.offset);
  }
  if (raw.payload.size() / 8 <= *word) return fail(Errc::truncated, "sample ends before its id", raw.offset);
  const std::uint64_t id = word_at(raw, *word);
  const auto found = events.event_of_id.find(id);
  if (found != events.event_of_id.end() && found->second < events.events.size()) {
    if (sample_id_word(events.events[found->second].attr) == word) return found->second;
    return fail(Errc::malformed, "events keep their id at different places", raw.offset);
  }
  if (one_sample_layout(events)) return 0;
  return fail(Errc::malformed, fmt::format("id {} belongs to no event", id), raw.offset);
}

std::uint32_t find_trailer_event(const RawRecord& raw, const EventTable& events) {
  if (events.events.size() < 2) return 0;
  const auto after = words_after_trailer_id(events.events.front().attr);
  const std::size_t words = raw.payload.size() / 8;
  if (!after || words <= *after) return 0;
  const auto found = events.event_of_id.find(word_at(raw, words - 1 - *after));
  return found != events.event_of_id.end() && found->second < events.events.size() ? found->second : 0;
}

std::size_t trailer_bytes(const EventAttr& attr) {
  if ((attr.flags & abi::kAttrSampleIdAll) == 0) return 0;
  return 8 * words_of(attr.sample_type & kTrailerBits);
}

}  // namespace simdprof
