#include "lib/capture/event_parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <utility>

#include "lib/capture/breakpoint.h"
#include "lib/capture/event_names.h"
#include "lib/capture/tracepoint.h"

namespace simdprof {
namespace {

constexpr std::size_t kMaxTextBytes = std::size_t{64} << 10U;
constexpr std::size_t kMaxEvents = 1024;

tl::unexpected<Error> usage_at(std::size_t position, std::string_view fact) {
  return fail(Errc::usage, fmt::format("event list, character {}: {}", position + 1, fact));
}

// Names the place of an error that comes from a part of the text.
tl::unexpected<Error> at(std::size_t position, Error error) {
  error.fact = fmt::format("event list, character {}: {}", position + 1, error.fact);
  return fail(std::move(error));
}

// Modifiers as they add up while the letters are read.
struct Modifiers {
  bool user = false, kernel = false, hypervisor = false, guest = false, host = false;
  unsigned precise = 0;
  bool precise_most = false, pinned = false;

  [[nodiscard]] bool mode() const { return user || kernel || hypervisor; }
};

Result<Modifiers> parse_modifiers(std::string_view text, std::size_t position) {
  Modifiers modifiers;
  for (std::size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
      case 'u': modifiers.user = true; break;
      case 'k': modifiers.kernel = true; break;
      case 'h': modifiers.hypervisor = true; break;
      case 'G': modifiers.guest = true; break;
      case 'H': modifiers.host = true; break;
      case 'p': ++modifiers.precise; break;
      case 'P': modifiers.precise_most = true; break;
      case 'D': modifiers.pinned = true; break;
      default:
        return usage_at(position + i,
                        fmt::format("modifier '{}' is not supported; known are u k h p P G H D", text[i]));
    }
    if (modifiers.precise > 3) return usage_at(position + i, "more than three p");
  }
  return modifiers;
}

void apply_modifiers(const Modifiers& modifiers, EventRequest& event) {
  std::uint64_t& flags = event.attr.flags;
  if (modifiers.mode()) {
    flags &= ~(abi::kAttrExcludeUser | abi::kAttrExcludeKernel | abi::kAttrExcludeHv);
    if (!modifiers.user) flags |= abi::kAttrExcludeUser;
    if (!modifiers.kernel) flags |= abi::kAttrExcludeKernel;
    if (!modifiers.hypervisor) flags |= abi::kAttrExcludeHv;
    event.mode_given = true;
  }
  // The host alone unless G asks for guests: counting guests needs rights and their registers are not to be had.
  flags &= ~(abi::kAttrExcludeGuest | abi::kAttrExcludeHost);
  if (!modifiers.guest) flags |= abi::kAttrExcludeGuest;
  if (modifiers.guest && !modifiers.host) flags |= abi::kAttrExcludeHost;
  if (modifiers.precise > 0) {
    abi::set_precise_ip(event.attr, modifiers.precise);
    event.precise_given = true;
  }
  if (modifiers.precise_most) event.precise_most = true;
  if (modifiers.pinned) flags |= abi::kAttrPinned;
}

std::optional<std::uint64_t> find_raw_config(std::string_view name) {
  if (name.size() < 2 || name.size() > 17 || name.front() != 'r') return std::nullopt;
  std::uint64_t config = 0;
  const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), config, 16);
  if (error != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  return config;
}

class EventListParser {
 public:
  EventListParser(std::string_view text, const EventSystem& system) : text_(text), system_(system) {}

  Result<std::vector<EventRequest>> run() {
    for (;;) {
      const Status item = starts_with('{') ? parse_group() : parse_one(-1);
      if (!item) return fail(item.error());
      if (at_end()) break;
      if (!starts_with(',')) return usage_at(position_, fmt::format("',' expected instead of '{}'", text_[position_]));
      ++position_;
    }
    return std::move(events_);
  }

 private:
  [[nodiscard]] bool at_end() const { return position_ == text_.size(); }
  [[nodiscard]] bool starts_with(char c) const { return !at_end() && text_[position_] == c; }

  // Text up to (not with) the first of `stops`, or the end.
  std::string_view take_until(std::string_view stops) {
    const std::size_t end = std::min(text_.find_first_of(stops, position_), text_.size());
    const std::string_view taken = text_.substr(position_, end - position_);
    position_ = end;
    return taken;
  }

  Status parse_group() {
    const std::size_t start = position_++;
    const auto leader = static_cast<int>(events_.size());
    for (;;) {
      if (const Status item = parse_one(leader); !item) return item;
      if (starts_with('}')) break;
      if (!starts_with(',')) return usage_at(start, "group without '}'");
      ++position_;
    }
    ++position_;
    if (!starts_with(':')) return {};
    const std::size_t modifiers_at = ++position_;
    const std::string_view letters = take_until(",");
    const auto modifiers = parse_modifiers(letters, modifiers_at);
    if (!modifiers) return fail(modifiers.error());
    for (auto event = static_cast<std::size_t>(leader); event < events_.size(); ++event) {
      apply_modifiers(*modifiers, events_[event]);
      events_[event].name += fmt::format(":{}", letters);
    }
    return {};
  }

  Status parse_one(int group) {
    const std::size_t start = position_;
    if (events_.size() == kMaxEvents) return usage_at(start, fmt::format("more than {} events", kMaxEvents));
    if (const auto pattern = tracepoint_pattern(); !pattern.empty()) return parse_tracepoints(pattern, group);
    EventRequest event;
    event.group = group;
    const Status parsed = text_.substr(start).starts_with("mem:") ? parse_breakpoint(event) : parse_named(event);
    if (!parsed) return parsed;
    if (event.name.empty()) event.name = text_.substr(start, position_ - start);
    events_.push_back(std::move(event));
    return {};
  }

  // The next word, where it is `sched:*` or the like; else nothing.
  [[nodiscard]] std::string_view tracepoint_pattern() const {
    const std::size_t end = std::min(text_.find_first_of(",}/", position_), text_.size());
    const std::string_view word = text_.substr(position_, end - position_);
    const bool is_pmu = end != text_.size() && text_[end] == '/';
    const bool is_pattern =
        word.find(':') != std::string_view::npos && word.find_first_of("*?") != std::string_view::npos;
    return is_pattern && !is_pmu && !word.starts_with("mem:") ? word : std::string_view{};
  }

  // An event for each tracepoint that fits.
  Status parse_tracepoints(std::string_view word, int group) {
    const std::size_t start = position_;
    position_ += word.size();
    const std::size_t first = word.find(':');
    const std::size_t second = std::min(word.find(':', first + 1), word.size());
    const auto found = find_tracepoints(system_, word.substr(0, first), word.substr(first + 1, second - first - 1));
    if (!found) return at(start, found.error());
    const std::string_view letters = word.substr(std::min(second + 1, word.size()));
    for (const std::string& name : *found) {
      if (events_.size() == kMaxEvents) return usage_at(start, fmt::format("more than {} events", kMaxEvents));
      const std::size_t colon = name.find(':');
      const auto id = load_tracepoint_id(system_, std::string_view(name).substr(0, colon), name.substr(colon + 1));
      if (!id) return at(start, id.error());
      EventRequest event;
      event.group = group;
      event.attr.type = abi::PERF_TYPE_TRACEPOINT;
      event.attr.config = *id;
      event.tracepoint = event.name = name;
      if (!letters.empty()) event.name += fmt::format(":{}", letters);
      if (const Status done = finish_modifiers(letters, start + second + 1, event); !done) return done;
      events_.push_back(std::move(event));
    }
    return {};
  }

  Status parse_breakpoint(EventRequest& event) {
    const std::size_t start = position_;
    position_ += 4;
    const auto breakpoint = parse_breakpoint_text(take_until(",}"));
    if (!breakpoint) return at(start, breakpoint.error());
    event.attr.type = abi::PERF_TYPE_BREAKPOINT;
    event.attr.bp_type = breakpoint->access;
    event.attr.config1_or_bp_addr = breakpoint->address;
    event.attr.config2_or_bp_len = breakpoint->length;
    return finish_modifiers(breakpoint->modifiers, position_ - breakpoint->modifiers.size(), event);
  }

  Status parse_named(EventRequest& event) {
    const std::size_t start = position_;
    const std::string_view word = take_until(",}/");
    if (word.empty() && !starts_with('/')) return usage_at(start, "an event name is missing");
    if (starts_with('/')) return parse_pmu(word, start, event);
    const std::size_t colon = word.find(':');
    const std::string_view name = word.substr(0, colon);
    const std::string_view rest = colon == std::string_view::npos ? std::string_view{} : word.substr(colon + 1);
    if (const auto code = find_event_code(name)) {
      event.attr.type = code->type;
      event.attr.config = code->config;
      return finish_modifiers(rest, start + name.size() + 1, event);
    }
    if (const auto raw = find_raw_config(name)) {
      event.attr.type = abi::PERF_TYPE_RAW;
      event.attr.config = *raw;
      return finish_modifiers(rest, start + name.size() + 1, event);
    }
    if (name == word || rest.empty()) return parse_alias(name, start, rest, event);
    const std::size_t second = rest.find(':');
    const std::string_view tracepoint = rest.substr(0, second);
    if (const Status alias = parse_alias(name, start, rest, event); alias) return alias;
    const auto id = load_tracepoint_id(system_, name, tracepoint);
    if (!id) return at(start, id.error());
    event.attr.type = abi::PERF_TYPE_TRACEPOINT;
    event.attr.config = *id;
    event.tracepoint = fmt::format("{}:{}", name, tracepoint);
    const std::string_view letters = second == std::string_view::npos ? std::string_view{} : rest.substr(second + 1);
    return finish_modifiers(letters, start + word.size() - letters.size(), event);
  }

  // An event that some PMU names in its events/ folder, without the PMU in front.
  Status parse_alias(std::string_view name, std::size_t start, std::string_view letters, EventRequest& event) {
    for (const std::string& pmu : list_pmus(system_)) {
      const auto aliases = list_pmu_events(system_, pmu);
      if (std::find(aliases.begin(), aliases.end(), name) == aliases.end()) continue;
      const auto applied = apply_pmu_terms(system_, pmu, {{std::string(name), {}, start}}, event.attr);
      if (!applied) return fail(applied.error());
      event.pmu = pmu;
      return finish_modifiers(letters, start + name.size() + 1, event);
    }
    const std::string nearest = nearest_event_name(name);
    return usage_at(start, fmt::format("no event '{}'{}", name,
                                       nearest.empty() ? "; simdprof record -e '=?' lists them"
                                                       : fmt::format("; did you mean '{}'?", nearest)));
  }

  Status parse_pmu(std::string_view pmu, std::size_t start, EventRequest& event) {
    const std::size_t terms_at = ++position_;
    const std::string_view terms_text = take_until("/");
    if (at_end()) return usage_at(start, "'/' at the end of the terms is missing");
    ++position_;
    const auto terms = parse_pmu_terms(terms_text, terms_at);
    if (!terms) return fail(terms.error());
    const auto code = find_event_code(pmu);
    if (code) {
      event.attr.type = code->type;
      event.attr.config = code->config;
    } else {
      event.pmu = pmu;
    }
    const auto applied =
        code ? apply_general_terms(*terms, event.attr) : apply_pmu_terms(system_, pmu, *terms, event.attr);
    if (!applied) return at(start, applied.error());
    event.has_period = applied->has_period;
    event.has_frequency = applied->has_frequency;
    if (starts_with(':')) ++position_;
    const std::size_t letters_at = position_;
    const std::string_view letters = take_until(",}");
    event.name = applied->name.empty() ? text_.substr(start, position_ - start) : applied->name;
    return finish_modifiers(letters, letters_at, event);
  }

  static Status finish_modifiers(std::string_view letters, std::size_t position, EventRequest& event) {
    const auto modifiers = parse_modifiers(letters, position);
    if (!modifiers) return fail(modifiers.error());
    apply_modifiers(*modifiers, event);
    return {};
  }

  std::string_view text_;
  const EventSystem& system_;
  std::size_t position_ = 0;
  std::vector<EventRequest> events_;
};

}  // namespace

Result<std::vector<EventRequest>> parse_events(std::string_view text, const EventSystem& system) {
  if (text.size() > kMaxTextBytes) return fail(Errc::usage, "the event list is longer than 64 KiB");
  return EventListParser(text, system).run();
}

}  // namespace simdprof
