#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/abi/perf_event.h"
#include "lib/base/result.h"

namespace simdprof {

/// Where the system describes its events. Tests put other folders in.
struct EventSystem {
  std::string devices = "/sys/bus/event_source/devices";
  std::vector<std::string> tracefs = {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};
};

/// Bits of one attr word, ascending runs: a PMU's `format/` file, "config:0-7,32-35".
struct FormatBits {
  enum class Word : std::uint8_t { config, config1, config2, config3 };
  struct Run {
    unsigned low = 0, high = 0;  ///< bit numbers, both included, at most 63
  };
  Word word = Word::config;
  std::vector<Run> runs;

  [[nodiscard]] unsigned width() const;
};

/// Parses the text of a `format/` file.
/// @return malformed when the text is none
Result<FormatBits> parse_format_bits(std::string_view text);

/// Spreads `value` over the bits, lowest run first.
/// @return usage when the value needs more bits than there are
Status set_format_bits(abi::EventAttr& attr, const FormatBits& bits, std::uint64_t value);

/// `name` or `name=value` between the slashes of `pmu/terms/`.
struct PmuTerm {
  std::string name;
  std::string value;         ///< as written; empty: none was
  std::size_t position = 0;  ///< character in the event text, from 0
};
/// Splits "event=0x3c,umask=1,any". An empty text gives no terms.
Result<std::vector<PmuTerm>> parse_pmu_terms(std::string_view text, std::size_t position);

/// What the terms ask for besides attr bits.
struct PmuTermsResult {
  std::string name;  ///< term name=; empty: not given
  bool has_period = false, has_frequency = false;
};

/// Sets the type and the terms of PMU `pmu` in `attr`, by its sysfs folder: type, format/ and events/ files; config,
/// config1..3, period, freq, name, aux-output, aux-sample-size and aux-action are known to every PMU. An AUX PMU starts
/// from its defaults (aux_pmu.h).
/// @return not_found when there is no such PMU, usage for an unknown term
Result<PmuTermsResult> apply_pmu_terms(const EventSystem& system, std::string_view pmu,
                                       const std::vector<PmuTerm>& terms, abi::EventAttr& attr);

/// The terms that every PMU knows, for an event that is named by itself: `cycles/aux-output/`.
/// @return usage for any other term
Result<PmuTermsResult> apply_general_terms(const std::vector<PmuTerm>& terms, abi::EventAttr& attr);

/// Text of a file in a PMU's sysfs folder, without the newline.
Result<std::string> load_pmu_file(const EventSystem& system, std::string_view pmu, std::string_view file);
/// Names of the files in a folder of a PMU, sorted.
std::vector<std::string> list_pmu_folder(const EventSystem& system, std::string_view pmu, std::string_view folder);

/// Names of the PMUs, sorted.
std::vector<std::string> list_pmus(const EventSystem& system);
/// Names in the PMU's events/ folder, sorted; files such as NAME.scale left out.
std::vector<std::string> list_pmu_events(const EventSystem& system, std::string_view pmu);

/// A decimal or 0x hexadecimal number, all of the text; usage when it is none.
Result<std::uint64_t> parse_number(std::string_view text);

}  // namespace simdprof
