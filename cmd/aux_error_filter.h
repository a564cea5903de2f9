#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace simdprof::cmd {

/// Which errors of a trace are told. Where the code of a file is missing, each way into it is an error: hundreds, for
/// one reason. They are told as often as perf tells them, so that both count the same: when the file cannot be opened,
/// and once more when the trace comes to it as one that is known so; with a file that perf tries before it decodes,
/// once. Errors of any other kind are all told.
/// Source: intel_pt_walk_next_insn() and dso__data_status_seen() of perf (tools/perf/util, Linux 6.1).
class AuxErrorFilter {
 public:
  /// All errors are told.
  AuxErrorFilter() = default;
  /// @param tried_before  files that perf tries before it decodes
  explicit AuxErrorFilter(std::set<std::string, std::less<>> tried_before)
      : all_(false), tried_before_(std::move(tried_before)) {}

  /// One error, in the order in which they are shown.
  /// @param file  whose code is missing; empty: the error is another
  /// @return whether it is told
  bool tells(std::string_view file);
  [[nodiscard]] std::uint64_t told() const { return told_; }
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

 private:
  bool all_ = true;
  std::set<std::string, std::less<>> tried_before_;
  std::map<std::string, unsigned, std::less<>> of_file_;  ///< told
  std::uint64_t told_ = 0;
  std::uint64_t left_out_ = 0;
};

}  // namespace simdprof::cmd
