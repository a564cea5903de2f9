#include "lib/perfdata/time_rule.h"

#include <algorithm>

#include "lib/abi/perf_event.h"
#include "lib/base/cursor.h"

namespace simdprof::perfdata {
namespace {

using abi::EventAttr;

std::size_t words_in(std::uint64_t bits) { return static_cast<std::size_t>(std::popcount(bits)); }

constexpr std::uint64_t kBeforeTime = abi::PERF_SAMPLE_IDENTIFIER | abi::PERF_SAMPLE_IP | abi::PERF_SAMPLE_TID;
constexpr std::uint64_t kAfterTime =
    abi::PERF_SAMPLE_ID | abi::PERF_SAMPLE_STREAM_ID | abi::PERF_SAMPLE_CPU | abi::PERF_SAMPLE_IDENTIFIER;
constexpr std::uint64_t kTrailer = kAfterTime | abi::PERF_SAMPLE_TID | abi::PERF_SAMPLE_TIME;

bool has(const EventAttr& attr, std::uint64_t bit) { return (attr.sample_type & bit) != 0; }

std::optional<std::size_t> id_word(const EventAttr& attr) {
  if (has(attr, abi::PERF_SAMPLE_IDENTIFIER)) return 0;
  if (!has(attr, abi::PERF_SAMPLE_ID)) return std::nullopt;
  return words_in(attr.sample_type &
                  (abi::PERF_SAMPLE_IP | abi::PERF_SAMPLE_TID | abi::PERF_SAMPLE_TIME | abi::PERF_SAMPLE_ADDR));
}

std::optional<std::size_t> words_after_id(const EventAttr& attr) {
  if (has(attr, abi::PERF_SAMPLE_IDENTIFIER)) return 0;
  if (!has(attr, abi::PERF_SAMPLE_ID)) return std::nullopt;
  return words_in(attr.sample_type & (abi::PERF_SAMPLE_STREAM_ID | abi::PERF_SAMPLE_CPU));
}

/// Bytes of the record's own fields before its trailer; absent for types whose length does not tell.
std::optional<std::size_t> body_bytes(std::uint32_t type, std::span<const std::byte> payload) {
  const auto named = [&](std::size_t fixed) -> std::optional<std::size_t> {
    if (payload.size() <= fixed) return std::nullopt;
    const auto nul = std::find(payload.begin() + static_cast<std::ptrdiff_t>(fixed), payload.end(), std::byte{0});
    if (nul == payload.end()) return std::nullopt;
    const auto length = static_cast<std::size_t>(nul - payload.begin()) + 1;
    return std::min((length + 7) / 8 * 8, payload.size());
  };
  switch (type) {
    case abi::PERF_RECORD_MMAP: return named(32);
    case abi::PERF_RECORD_MMAP2: return named(64);
    case abi::PERF_RECORD_COMM: return named(8);
    case abi::PERF_RECORD_FORK:
    case abi::PERF_RECORD_EXIT:
    case abi::PERF_RECORD_AUX:
    case abi::PERF_RECORD_THROTTLE:
    case abi::PERF_RECORD_UNTHROTTLE: return 24;
    case abi::PERF_RECORD_LOST: return 16;
    case abi::PERF_RECORD_LOST_SAMPLES:
    case abi::PERF_RECORD_ITRACE_START:
    case abi::PERF_RECORD_SWITCH_CPU_WIDE: return 8;
    case abi::PERF_RECORD_SWITCH: return 0;
    default: return std::nullopt;
  }
}

/// Where the body itself carries a time, as FORK and EXIT do.
std::optional<std::size_t> body_time_word(std::uint32_t type) {
  switch (type) {
    case abi::PERF_RECORD_FORK:
    case abi::PERF_RECORD_EXIT: return 2;
    case abi::PERF_RECORD_THROTTLE:
    case abi::PERF_RECORD_UNTHROTTLE: return 0;
    default: return std::nullopt;
  }
}

}  // namespace

TimeRule::TimeRule(const std::vector<Metadata::Event>& events, std::endian order) : order_(order) {
  for (const Metadata::Event& event : events) {
    Words words;
    if (has(event.attr, abi::PERF_SAMPLE_TIME)) words.sample = words_in(event.attr.sample_type & kBeforeTime);
    if ((event.attr.flags & abi::kAttrSampleIdAll) != 0) {
      words.trailer = words_in(event.attr.sample_type & kTrailer);
      if (words.sample) words.after = words_in(event.attr.sample_type & kAfterTime);
    }
    words_.push_back(words);
  }
  uniform_ = std::all_of(words_.begin(), words_.end(), [&](const Words& words) {
    return words.sample == words_[0].sample && words.after == words_[0].after && words.trailer == words_[0].trailer;
  });
  if (uniform_) return;
  id_word_ = id_word(events.front().attr);
  id_after_ = words_after_id(events.front().attr);
  for (std::size_t i = 0; i < events.size(); ++i) {
    for (const std::uint64_t id : events[i].ids) event_of_id_.try_emplace(id, i);
  }
}

const TimeRule::Words* TimeRule::words_of(std::uint64_t id) const {
  const auto found = event_of_id_.find(id);
  return found == event_of_id_.end() ? nullptr : &words_[found->second];
}

std::uint64_t TimeRule::find_in_trailer(std::uint32_t type, std::span<const std::byte> payload) const {
  const auto body = body_bytes(type, payload);
  if (!body || *body > payload.size()) return kNoTime;
  const WordView words{payload, order_};
  const std::size_t left = (payload.size() - *body) / 8;
  const Words* event = words_.data();
  if (!uniform_) {
    event = id_after_ && *id_after_ < left ? words_of(words[words.size() - 1 - *id_after_]) : nullptr;
    if (event == nullptr) event = words_.data();
  }
  if (!event->after || left != event->trailer) {
    const auto own = body_time_word(type);
    return own && *own < words.size() ? words[*own] : kNoTime;
  }
  return words[words.size() - 1 - *event->after];
}

std::uint64_t TimeRule::find(std::uint32_t type, std::span<const std::byte> payload) const {
  if (words_.empty()) return kNoTime;
  if (type != abi::PERF_RECORD_SAMPLE) return find_in_trailer(type, payload);
  const WordView words{payload, order_};
  const Words* event = words_.data();
  if (!uniform_) {
    event = id_word_ && *id_word_ < words.size() ? words_of(words[*id_word_]) : nullptr;
    if (event == nullptr) return kNoTime;
  }
  return event->sample && *event->sample < words.size() ? words[*event->sample] : kNoTime;
}

}  // namespace simdprof::perfdata
