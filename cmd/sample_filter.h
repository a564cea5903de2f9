#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cmd/time_window.h"
#include "lib/base/result.h"
#include "lib/model/location.h"
#include "lib/model/sample.h"

namespace simdprof::cmd {

/// What the user asked for, as words of the command line. Lists are separated by commas; a sample must fit every option
/// that is given.
struct SampleFilterOptions {
  std::vector<std::string> symbols;  ///< exact or with `*` and `?`; commas inside (), <> and [] do not separate
  std::vector<std::string> dsos;     ///< short name or path, exact or with `*` and `?`
  std::vector<std::string> comms;
  std::string tids;
  std::string pids;
  std::string cpus;  ///< "0,2-4"
  std::string time;  ///< see parse_time_window
  bool kernel_only = false;
  bool user_only = false;
};

/// Decides which samples are shown.
class SampleFilter {
 public:
  /// @param recorded  first and last time of the recording, for relative windows
  /// @return usage when an option does not parse
  static Result<SampleFilter> make(const SampleFilterOptions& options, const std::optional<TimeWindow>& recorded);

  /// Whether nothing was asked for.
  [[nodiscard]] bool accepts_all() const;
  /// Mode, time, CPU, process and thread: all that needs no name.
  [[nodiscard]] bool accepts(const Sample& sample) const;
  [[nodiscard]] bool needs_comm() const { return !comms_.empty(); }
  [[nodiscard]] bool accepts_comm(std::string_view comm) const;
  [[nodiscard]] bool needs_place() const { return !symbols_.empty() || !dsos_.empty(); }
  /// Remembers its answers by the text's address: equal text of one Resolver has equal addresses.
  [[nodiscard]] bool accepts_place(const Location& place);

 private:
  [[nodiscard]] bool accepts_mode(CpuMode mode) const;

  std::vector<std::string> symbols_, dsos_, comms_;
  std::vector<std::uint32_t> tids_, pids_;
  std::vector<bool> cpus_;  ///< by number; empty: all
  std::optional<TimeWindow> window_;
  bool kernel_only_ = false;
  bool user_only_ = false;
  std::unordered_map<const char*, bool> symbol_answers_;
  std::unordered_map<const char*, bool> dso_answers_;
};

/// `name` equals `pattern`, or fits it with `*` for any text and `?` for any character.
bool fits_pattern(std::string_view name, std::string_view pattern);
/// "0,2-4" to {0, 2, 3, 4}.
Result<std::vector<std::uint32_t>> parse_number_list(std::string_view text, std::string_view option,
                                                     std::uint32_t largest);

}  // namespace simdprof::cmd
