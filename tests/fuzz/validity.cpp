// Decodes arbitrary records, rebuilds their register sets and judges them by the rules of findings.
//
// Input: u8 architecture; sample_type, flags, sample_regs_user, sample_regs_intr as u64 each; then records with their
// headers. The first byte of a sample's address chooses the kernel symbol.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>
#include <variant>

#include "decoders/record/decode_record.h"
#include "decoders/registers/register_stage.h"
#include "decoders/validity/rule_table.h"
#include "decoders/validity/thread_history.h"
#include "decoders/validity/validity_stage.h"
#include "lib/base/cursor.h"

namespace {

using namespace simdprof;

EventTable read_events(Cursor& in) {
  abi::EventAttr attr;
  attr.sample_type = in.u64();
  attr.flags = in.u64();
  attr.sample_regs_user = in.u64();
  attr.sample_regs_intr = in.u64();
  EventTable events;
  events.events.push_back({attr, "event"});
  return events;
}

std::string_view symbol_of(const Sample& sample) {
  static constexpr std::array<std::string_view, 4> kSymbols = {"", "do_syscall_64", "aesni_enc", "sha256_ni_transform"};
  return kSymbols[sample.ip % kSymbols.size()];
}

/// What must hold of every finding, whatever it is about.
void check(const std::vector<Finding>& findings, std::uint64_t samples) {
  for (const Finding& finding : findings) {
    const auto number = static_cast<std::size_t>(finding.rule);
    if (number == 0 || number > kRuleCount || finding.sample.number >= samples) std::abort();
    if (finding.severity > rule_of(finding.rule).severity || finding.name.empty()) std::abort();
    if (finding.whole_thread && finding.thread_samples == 0) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Cursor in{std::as_bytes(std::span(data, size))};
  const auto arch = static_cast<abi::Arch>(in.u8() % 8U);
  const EventTable events = read_events(in);
  RegisterStage registers{arch, std::nullopt, {}};
  ValidityStage validity{arch};
  std::vector<Finding> findings;
  RegisterSets sets;
  while (in.remaining() >= 8) {
    RawRecord raw;
    raw.offset = in.offset();
    raw.type = in.u32();
    raw.misc = in.u16();
    const std::size_t record_size = in.u16();
    raw.payload = in.take(std::min(in.remaining(), record_size < 8 ? 0 : record_size - 8));
    const auto record = decode_record(raw, events);
    if (!record) continue;
    validity.observe(*record, findings);
    if (const auto* sample = std::get_if<Sample>(&record->body)) {
      registers.build(*sample, sets);
      validity.check({*sample, events.events[0].attr, &sets, symbol_of(*sample)}, findings);
    }
    check(findings, validity.next_number());
    if (validity.kept_threads() > ThreadHistories::kMaxThreads) std::abort();
    findings.clear();
  }
  validity.finish(findings);
  check(findings, validity.next_number());
  return 0;
}
