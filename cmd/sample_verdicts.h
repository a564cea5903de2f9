#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cmd/session.h"
#include "decoders/validity/validity_stage.h"
#include "lib/symbols/resolver.h"

namespace simdprof::cmd {

/// What findings of level guard, strong and error say of the values of one sample.
struct SampleVerdict {
  std::uint8_t distrust = 0;     ///< Distrust bits
  std::uint16_t user_rules = 0;  ///< bit n - 1: rule Rn distrusts values of the user set
  std::uint16_t intr_rules = 0;  ///< and of the interrupt set

  void add(const Finding& finding);
  friend bool operator==(const SampleVerdict&, const SampleVerdict&) = default;
};

/// "R6", "R1+R12"; empty for no rule.
std::string rule_list(std::uint16_t rules);

/// Verdicts on samples as they are shown. Some rules need what follows a sample; where the recording has what they look
/// at (user vectors read by the kernel), look_ahead() reads it once more before, and keeps the numbers of the samples
/// that these rules distrust, and nothing else.
class SampleVerdicts {
 public:
  explicit SampleVerdicts(const RecordingFacts& facts) : facts_(facts), stage_(facts.arch) {}

  /// Reads the session to its end, if need be, and starts it again.
  void look_ahead(Session& session, Resolver& resolver);

  void observe(const Record& record);
  /// The next sample. All samples must be judged, not only those that are shown.
  /// @param sets  nullptr: no vectors were recorded with it
  const SampleVerdict& judge(const Sample& sample, const RegisterSets* sets, std::string_view kernel_symbol);
  /// The same, when ValidityStage::is_plain() says so and no vectors were recorded with it.
  const SampleVerdict& count(const Sample& sample);

  /// Findings of level error so far.
  [[nodiscard]] std::uint64_t errors() const { return errors_; }

 private:
  const SampleVerdict& conclude(std::uint64_t number);
  void count_errors();

  const RecordingFacts& facts_;
  ValidityStage stage_;
  std::vector<Finding> findings_;
  std::unordered_map<std::uint64_t, SampleVerdict> late_;  ///< by number of the sample
  SampleVerdict verdict_;
  std::uint64_t errors_ = 0;
};

}  // namespace simdprof::cmd
