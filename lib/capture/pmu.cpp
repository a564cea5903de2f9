#include "lib/capture/pmu.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <system_error>

#include "lib/base/fd.h"
#include "lib/capture/aux_pmu.h"
#include "lib/capture/event_names.h"
#include "lib/capture/number_ranges.h"

namespace simdprof {
namespace {

constexpr std::size_t kSysfsFileBytes = 4096;  // sysfs attributes are at most a page

constexpr std::array<std::string_view, 10> kGeneralTerms = {
    "config", "config1", "config2", "config3", "period", "freq", "name", "aux-output", "aux-sample-size", "aux-action"};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  return text;
}

// A name that may be used as one component of a path.
bool plain_name(std::string_view name) {
  return !name.empty() && name.size() < 128 && name != "." && name != ".." &&
         name.find('/') == std::string_view::npos && name.find('\0') == std::string_view::npos;
}

std::vector<std::string> list_folder(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    names.push_back(it->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::uint64_t* word_of(abi::EventAttr& attr, FormatBits::Word word) {
  switch (word) {
    case FormatBits::Word::config: return &attr.config;
    case FormatBits::Word::config1: return &attr.config1_or_bp_addr;
    case FormatBits::Word::config2: return &attr.config2_or_bp_len;
    case FormatBits::Word::config3: return &attr.config3;
  }
  return &attr.config;
}

Result<FormatBits::Word> parse_word(std::string_view text) {
  if (text == "config") return FormatBits::Word::config;
  if (text == "config1") return FormatBits::Word::config1;
  if (text == "config2") return FormatBits::Word::config2;
  if (text == "config3") return FormatBits::Word::config3;
  return fail(Errc::malformed, fmt::format("'{}' is not config, config1, config2 or config3", text));
}

// Bits of perf_event_attr.aux_action. Source: uapi linux/perf_event.h (Linux 6.13).
Result<std::uint32_t> parse_aux_action(std::string_view text) {
  if (text == "start-paused") return 1U;
  if (text == "pause") return 2U;
  if (text == "resume") return 4U;
  return fail(Errc::usage, fmt::format("aux-action '{}' is none of start-paused, pause and resume", text));
}

// What an event has to do with the AUX area of its group's leader. @return whether the term was about that
Result<bool> apply_aux_term(const PmuTerm& term, abi::EventAttr& attr) {
  if (term.name == "aux-output") {
    attr.flags |= abi::kAttrAuxOutput;
    return true;
  }
  if (term.name == "aux-action") {
    const auto action = parse_aux_action(term.value);
    if (!action) return fail(action.error());
    attr.aux_action = *action;
    return true;
  }
  if (term.name != "aux-sample-size") return false;
  const auto bytes = parse_number(term.value);
  if (!bytes || *bytes == 0 || *bytes > kMaxAuxSampleBytes) {
    return fail(Errc::usage, fmt::format("aux-sample-size '{}' is not 1..{} bytes", term.value, kMaxAuxSampleBytes));
  }
  attr.aux_sample_size = static_cast<std::uint32_t>(*bytes);
  return true;
}

// One term that every PMU knows. @return whether it was one
Result<bool> apply_general_term(const PmuTerm& term, abi::EventAttr& attr, PmuTermsResult& result) {
  auto about_aux = apply_aux_term(term, attr);
  if (!about_aux || *about_aux) return about_aux;
  const bool is_word =
      term.name == "config" || term.name == "config1" || term.name == "config2" || term.name == "config3";
  const bool is_rate = term.name == "period" || term.name == "freq";
  if (term.name == "name") {
    result.name = term.value;
    return true;
  }
  if (!is_word && !is_rate) return false;
  const auto value = parse_number(term.value);
  if (!value) return fail(value.error());
  if (is_word) {
    *word_of(attr, *parse_word(term.name)) = *value;
    return true;
  }
  attr.sample_period_or_freq = *value;
  result.has_period = term.name == "period";
  result.has_frequency = term.name == "freq";
  return true;
}

Status apply_format_term(const EventSystem& system, std::string_view pmu, const PmuTerm& term, abi::EventAttr& attr) {
  const auto text = load_pmu_file(system, pmu, fmt::format("format/{}", term.name));
  if (!text) return fail(text.error());
  const auto bits = parse_format_bits(*text);
  if (!bits) return fail(with_input(bits.error(), fmt::format("format/{} of PMU {}", term.name, pmu)));
  std::uint64_t value = 1;
  if (!term.value.empty()) {
    const auto parsed = parse_number(term.value);
    if (!parsed) return fail(parsed.error());
    value = *parsed;
  }
  return set_format_bits(attr, *bits, value);
}

tl::unexpected<Error> unknown_pmu(const EventSystem& system, std::string_view pmu) {
  const std::string_view missing = aux_pmu_missing(pmu);
  if (!missing.empty()) return fail(Errc::not_found, fmt::format("this machine has no PMU '{}': {}", pmu, missing));
  const std::string nearest = nearest_word(pmu, list_pmus(system));
  return fail(Errc::not_found, fmt::format("this machine has no PMU '{}'{}", pmu,
                                           nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)));
}

tl::unexpected<Error> unknown_term(const EventSystem& system, std::string_view pmu, const PmuTerm& term) {
  std::vector<std::string> known = list_pmu_folder(system, pmu, "format");
  for (std::string& name : list_pmu_events(system, pmu)) known.push_back(std::move(name));
  for (const std::string_view name : kGeneralTerms) known.emplace_back(name);
  const std::string nearest = nearest_word(term.name, known);
  return fail(Errc::usage, fmt::format("PMU {} knows no term '{}' (character {}){}", pmu, term.name, term.position + 1,
                                       nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)));
}

// "@tmc_etr0" of CoreSight: where the trace goes, by the number that the sink's file holds.
Status apply_sink(const EventSystem& system, std::string_view pmu, const PmuTerm& term, abi::EventAttr& attr) {
  const std::string sink = term.name.substr(1);
  const auto number =
      plain_name(sink) ? load_pmu_file(system, pmu, "sinks/" + sink) : Result<std::string>(fail(Errc::not_found, ""));
  if (!number)
    return fail(Errc::usage, fmt::format("PMU {} has no sink '{}' (character {})", pmu, sink, term.position + 1));
  return apply_format_term(system, pmu, {"sinkid", *number, term.position}, attr);
}

Status apply_term(const EventSystem& system, std::string_view pmu, const PmuTerm& term, abi::EventAttr& attr,
                  PmuTermsResult& result, bool inside_alias) {
  const auto general = apply_general_term(term, attr, result);
  if (!general) return fail(general.error());
  if (*general) return {};
  if (term.name.starts_with('@')) return apply_sink(system, pmu, term, attr);
  if (!plain_name(term.name)) return unknown_term(system, pmu, term);
  Status format = apply_format_term(system, pmu, term, attr);
  if (format || format.error().code != Errc::not_found) return format;
  if (inside_alias || !term.value.empty()) return unknown_term(system, pmu, term);
  const auto alias = load_pmu_file(system, pmu, fmt::format("events/{}", term.name));
  if (!alias) return unknown_term(system, pmu, term);
  const auto terms = parse_pmu_terms(*alias, term.position);
  if (!terms) return fail(terms.error());
  for (const PmuTerm& inner : *terms) {
    if (Status status = apply_term(system, pmu, inner, attr, result, true); !status) return status;
  }
  if (result.name.empty()) result.name = term.name;
  return {};
}

}  // namespace

unsigned FormatBits::width() const {
  unsigned bits = 0;
  for (const Run& run : runs) bits += run.high - run.low + 1;
  return bits;
}

Result<FormatBits> parse_format_bits(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return fail(Errc::malformed, "no ':' after the word");
  FormatBits bits;
  const auto word = parse_word(text.substr(0, colon));
  if (!word) return fail(word.error());
  bits.word = *word;
  const auto runs = parse_number_ranges(text.substr(colon + 1), 63);
  if (!runs) return fail(runs.error());
  for (const NumberRange& run : *runs) bits.runs.push_back({run.first, run.last});
  if (bits.width() > 64) return fail(Errc::malformed, "more than 64 bits");
  return bits;
}

Status set_format_bits(abi::EventAttr& attr, const FormatBits& bits, std::uint64_t value) {
  std::uint64_t* const word = word_of(attr, bits.word);
  std::uint64_t rest = value;
  for (const FormatBits::Run& run : bits.runs) {
    const unsigned width = run.high - run.low + 1;
    const std::uint64_t mask = width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
    *word = (*word & ~(mask << run.low)) | ((rest & mask) << run.low);
    rest = width == 64 ? 0 : rest >> width;
  }
  if (rest != 0) return fail(Errc::usage, fmt::format("value {:#x} needs more than {} bits", value, bits.width()));
  return {};
}

Result<std::vector<PmuTerm>> parse_pmu_terms(std::string_view text, std::size_t position) {
  std::vector<PmuTerm> terms;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view word = text.substr(0, comma);
    const std::size_t equals = word.find('=');
    PmuTerm term{std::string(word.substr(0, equals)), {}, position};
    if (equals != std::string_view::npos) term.value = word.substr(equals + 1);
    if (term.name.empty() || (equals != std::string_view::npos && term.value.empty())) {
      return fail(Errc::usage, fmt::format("character {}: a term is empty", position + 1));
    }
    terms.push_back(std::move(term));
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
    position += comma + 1;
    if (text.empty()) return fail(Errc::usage, fmt::format("character {}: a term is empty", position + 1));
  }
  return terms;
}

Result<PmuTermsResult> apply_pmu_terms(const EventSystem& system, std::string_view pmu,
                                       const std::vector<PmuTerm>& terms, abi::EventAttr& attr) {
  const auto type_text =
      plain_name(pmu) ? load_pmu_file(system, pmu, "type") : Result<std::string>(fail(Errc::not_found, ""));
  if (!type_text) return unknown_pmu(system, pmu);
  const auto type = parse_number(*type_text);
  if (!type) return fail(type.error());
  attr.type = static_cast<std::uint32_t>(*type);
  PmuTermsResult result;
  for (const PmuTerm& term : default_aux_terms(system, pmu)) {
    const Status status = apply_term(system, pmu, term, attr, result, false);
    if (!status) return fail(status.error());
  }
  result = {};
  for (const PmuTerm& term : terms) {
    const Status status = apply_term(system, pmu, term, attr, result, false);
    if (!status) return fail(status.error());
  }
  return result;
}

Result<PmuTermsResult> apply_general_terms(const std::vector<PmuTerm>& terms, abi::EventAttr& attr) {
  PmuTermsResult result;
  for (const PmuTerm& term : terms) {
    const auto applied = apply_general_term(term, attr, result);
    if (!applied) return fail(applied.error());
    if (*applied) continue;
    const std::string nearest = nearest_word(term.name, {kGeneralTerms.begin(), kGeneralTerms.end()});
    return fail(Errc::usage,
                fmt::format("an event of this kind knows no term '{}' (character {}){}", term.name, term.position + 1,
                            nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)));
  }
  return result;
}

Result<std::string> load_pmu_file(const EventSystem& system, std::string_view pmu, std::string_view file) {
  auto text = load_text(fmt::format("{}/{}/{}", system.devices, pmu, file), kSysfsFileBytes);
  if (text) text->resize(trimmed(*text).size());
  return text;
}

std::vector<std::string> list_pmu_folder(const EventSystem& system, std::string_view pmu, std::string_view folder) {
  return list_folder(fmt::format("{}/{}/{}", system.devices, pmu, folder));
}

std::vector<std::string> list_pmus(const EventSystem& system) { return list_folder(system.devices); }

std::vector<std::string> list_pmu_events(const EventSystem& system, std::string_view pmu) {
  std::vector<std::string> names = list_pmu_folder(system, pmu, "events");
  std::erase_if(names, [](const std::string& name) {
    return name.ends_with(".scale") || name.ends_with(".unit") || name.ends_with(".per-pkg") ||
           name.ends_with(".snapshot");
  });
  return names;
}

Result<std::uint64_t> parse_number(std::string_view text) {
  std::string_view digits = text;
  int base = 10;
  if (digits.starts_with("0x") || digits.starts_with("0X")) {
    digits.remove_prefix(2);
    base = 16;
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) {
    return fail(Errc::usage, fmt::format("'{}' is not a number", text));
  }
  return value;
}

}  // namespace simdprof
