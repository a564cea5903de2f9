#include "cmd/sample_verdicts.h"

#include <algorithm>
#include <bit>
#include <string>
#include <utility>
#include <variant>

#include "decoders/registers/register_stage.h"
#include "lib/symbols/address_spaces.h"

namespace simdprof::cmd {
namespace {

constexpr std::uint8_t kUserValues = kDistrustUserGpr | kDistrustUserVectors;
constexpr std::uint8_t kIntrValues = kDistrustIntrGpr | kDistrustIntrVectors;

/// The first reading: register sets and symbols as the second will have them.
class LookAhead {
 public:
  LookAhead(const RecordingFacts& facts, Resolver& resolver, std::vector<EventRegisters> of_events)
      : facts_(facts),
        resolver_(resolver),
        of_events_(std::move(of_events)),
        registers_(facts.arch, facts.xsave, of_events_),
        stage_(facts.arch) {}

  void observe(const Record& record, std::vector<Finding>& out) {
    spaces_.observe(record);
    stage_.observe(record, out);
    const auto* sample = std::get_if<Sample>(&record.body);
    if (sample == nullptr || sample->event >= facts_.events.events.size()) return;
    const bool vectors = of_events_[sample->event].vectors;
    if (vectors) registers_.build(*sample, sets_);
    std::string_view symbol;
    if (vectors && sample->mode == CpuMode::kernel) {
      symbol = resolver_.locate(spaces_, sample->pid, sample->ip, sample->mode).symbol;
    }
    stage_.check({*sample, facts_.events.events[sample->event].attr, vectors ? &sets_ : nullptr, symbol}, out);
  }
  void finish(std::vector<Finding>& out) { stage_.finish(out); }
  [[nodiscard]] std::uint64_t samples() const { return stage_.next_number(); }

 private:
  const RecordingFacts& facts_;
  Resolver& resolver_;
  AddressSpaces spaces_;
  std::vector<EventRegisters> of_events_;
  RegisterStage registers_;
  ValidityStage stage_;
  RegisterSets sets_;
};

}  // namespace

void SampleVerdict::add(const Finding& finding) {
  const bool counts = finding.severity == Severity::guard || finding.severity >= Severity::strong;
  if (!counts || finding.distrust == 0) return;
  distrust |= finding.distrust;
  const auto rule = static_cast<std::uint16_t>(1U << (static_cast<unsigned>(finding.rule) - 1));
  if ((finding.distrust & kUserValues) != 0) user_rules = static_cast<std::uint16_t>(user_rules | rule);
  if ((finding.distrust & kIntrValues) != 0) intr_rules = static_cast<std::uint16_t>(intr_rules | rule);
}

std::string rule_list(std::uint16_t rules) {
  std::string list;
  for (unsigned left = rules; left != 0; left &= left - 1) {
    if (!list.empty()) list += '+';
    list += rule_id_name(static_cast<RuleId>(std::countr_zero(left) + 1));
  }
  return list;
}

void SampleVerdicts::look_ahead(Session& session, Resolver& resolver) {
  auto of_events = event_registers(facts_.events, facts_.source(), facts_.arch);
  if (std::ranges::none_of(of_events, &EventRegisters::user_vectors)) return;
  LookAhead ahead(facts_, resolver, std::move(of_events));
  std::vector<Finding> findings;
  const auto keep = [&](std::uint64_t earlier_than) {
    for (const Finding& finding : findings) {
      SampleVerdict verdict;
      verdict.add(finding);
      if (verdict.distrust != 0 && finding.sample.number < earlier_than) {
        late_[finding.sample.number].add(finding);
      }
    }
    findings.clear();
  };
  while (const Record* record = session.next()) {
    ahead.observe(*record, findings);
    // What is said of the sample at hand will be said again when it comes.
    if (!findings.empty()) keep(ahead.samples() - 1);
  }
  ahead.finish(findings);
  keep(ahead.samples());
  session.rewind();
}

void SampleVerdicts::count_errors() {
  errors_ += static_cast<std::uint64_t>(std::count_if(
      findings_.begin(), findings_.end(), [](const Finding& finding) { return finding.severity == Severity::error; }));
}

void SampleVerdicts::observe(const Record& record) {
  stage_.observe(record, findings_);
  count_errors();
  findings_.clear();
}

const SampleVerdict& SampleVerdicts::judge(const Sample& sample, const RegisterSets* sets,
                                           std::string_view kernel_symbol) {
  const std::uint64_t number = stage_.next_number();
  stage_.check({sample, facts_.events.events[sample.event].attr, sets, kernel_symbol}, findings_);
  return conclude(number);
}

const SampleVerdict& SampleVerdicts::count(const Sample& sample) {
  const std::uint64_t number = stage_.next_number();
  stage_.count({sample, facts_.events.events[sample.event].attr, nullptr, {}}, findings_);
  return conclude(number);
}

const SampleVerdict& SampleVerdicts::conclude(std::uint64_t number) {
  verdict_ = {};
  for (const Finding& finding : findings_) {
    if (finding.sample.number == number) verdict_.add(finding);
  }
  count_errors();
  findings_.clear();
  if (const auto late = late_.find(number); late != late_.end()) {
    verdict_.distrust |= late->second.distrust;
    verdict_.user_rules = static_cast<std::uint16_t>(verdict_.user_rules | late->second.user_rules);
    verdict_.intr_rules = static_cast<std::uint16_t>(verdict_.intr_rules | late->second.intr_rules);
  }
  return verdict_;
}

}  // namespace simdprof::cmd
