#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "lib/abi/registers.h"
#include "lib/model/finding.h"
#include "lib/model/record.h"
#include "lib/model/register_set.h"
#include "lib/model/sample.h"

namespace simdprof {

/// What is known about one sample when it is checked.
struct SampleToCheck {
  const Sample& sample;
  const abi::EventAttr& attr;  ///< of its event
  const RegisterSets* sets;    ///< as the register stage built them; nullptr: no vectors were recorded with it
  std::string_view symbol;     ///< function at its ip, of kernel hits; empty: unknown
  std::uint32_t place = 0;     ///< SampleRef::place of its findings
};

/// Says which values of which samples may not be trusted: rules R1 to R16 of man/simdprof-findings.7, but for R14,
/// which the record decoder finds, and R16, which is a test.
///
/// Records come in time order. Findings may come after their sample (neighbour_rules.h has why); memory is bounded,
/// whatever the input: a history of so many threads, CPUs and processes, and nothing of the samples themselves.
class ValidityStage {
 public:
  /// @param arch  of the recording
  explicit ValidityStage(abi::Arch arch);
  ValidityStage(ValidityStage&&) noexcept;
  ValidityStage& operator=(ValidityStage&&) noexcept;
  ~ValidityStage();

  /// MMAP, COMM, FORK and EXIT change something; findings that they decide are appended.
  void observe(const Record& record, std::vector<Finding>& out);
  /// Checks the next sample; appends what is decided by it, which may be about earlier samples.
  void check(const SampleToCheck& input, std::vector<Finding>& out);
  /// Whether no rule can say anything of a sample of an event without vectors by itself: nearly all samples of most
  /// recordings. Called from any thread, in any order.
  static bool is_plain(const Sample& sample, const abi::EventAttr& attr, abi::Arch arch);
  /// The next sample, when it is plain: it counts for its thread, and nothing is looked up or compared.
  void count(const SampleToCheck& input, std::vector<Finding>& out);
  /// No more samples: appends the rest.
  void finish(std::vector<Finding>& out);

  /// Number that the next sample to check will have.
  [[nodiscard]] std::uint64_t next_number() const;
  /// Threads of which a history is kept.
  [[nodiscard]] std::size_t kept_threads() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace simdprof
