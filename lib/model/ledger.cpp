#include "lib/model/ledger.h"

#include <fmt/format.h>

#include <algorithm>

#include "lib/abi/perf_file.h"

namespace simdprof {

std::string record_name(std::uint32_t type) {
  if (const char* name = abi::record_type_name(type)) return name;
  if (const char* name = abi::tool_record_name(type)) return name;
  switch (type) {
    case kRecordStream: return "STREAM";
    case kRecordEventDesc: return "EVENT_DESC";
    case kRecordEventId: return "EVENT_ID";
    case kRecordHostFact: return "HOST_FACT";
    case kRecordXsaveTable: return "XSAVE_TABLE";
    case kRecordRegisterImage: return "REGISTER_IMAGE";
    case kRecordLoss: return "LOSS";
    case kRecordBuildId: return "BUILD_ID";
    case kRecordSource: return "SOURCE";
    case kRecordEnd: return "END";
    case kRecordAuxtraceInfo: return "AUXTRACE_INFO";
    case kRecordAuxtrace: return "AUXTRACE";
    case kRecordTracepointInfo: return "TRACEPOINT_INFO";
    default: return fmt::format("type {:#x}", type);
  }
}

void Ledger::skip(std::uint32_t type, const Error& error) {
  auto& skipped = skipped_[record_name(type)];
  if (skipped.count++ == 0) skipped.first = error;
  if (error.left_over != 0) ++skipped.left_over;
}

void Ledger::skip_unknown_type(std::uint32_t type) { ++unknown_types_[type]; }

void Ledger::lose(LossCause cause, std::uint64_t count) {
  if (count != 0) losses_[cause] += count;
}

void Ledger::lose_at_least(LossCause cause, std::uint64_t seen) { lose(cause, seen - std::min(seen, lost(cause))); }

void Ledger::merge(const Ledger& other) {
  for (const auto& [cause, count] : other.losses_) losses_[cause] += count;
  for (const auto& [name, theirs] : other.skipped_) {
    auto& ours = skipped_[name];
    if (ours.count == 0) ours.first = theirs.first;
    ours.count += theirs.count;
    ours.left_over += theirs.left_over;
  }
  for (const auto& [type, count] : other.unknown_types_) unknown_types_[type] += count;
}

std::uint64_t Ledger::lost(LossCause cause) const {
  const auto found = losses_.find(cause);
  return found == losses_.end() ? 0 : found->second;
}

}  // namespace simdprof
